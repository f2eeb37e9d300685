"""The frame of the settings: a list of pages, and room for the one that is open.

A page is a module of assets/js/settings/, loaded when it is first opened.
"""

from __future__ import annotations

HTML = """
<dialog class="lu-dialog lu-large lu-prefs" id="lu-settings-dialog" aria-labelledby="lu-settings-title">
  <header class="lu-row">
    <button type="button" class="lu-icon" id="lu-settings-back" aria-label="All settings"
      data-t-label="All settings"></button>
    <h2 id="lu-settings-title" data-t>Settings</h2>
    <span class="lu-saved" id="lu-saved" role="status"></span>
    <button type="button" class="lu-icon" id="lu-settings-close" aria-label="Close"
      data-t-label="Close"></button>
  </header>
  <div class="lu-settings-body">
    <nav id="lu-settings-nav" aria-label="Pages of the settings" data-t-label="Pages of the settings">
      <button type="button" data-page="appearance" data-icon="sun"><span data-t>Appearance</span></button>
      <button type="button" data-page="language" data-icon="globe"><span data-t>Language</span></button>
      <button type="button" data-page="chat" data-icon="pen"><span data-t>Chat</span></button>
      <button type="button" data-page="model" data-icon="sliders"><span data-t>Model</span></button>
      <button type="button" data-page="instructions" data-icon="file"><span
        data-t>Instructions</span></button>
      <button type="button" data-page="memory" data-icon="keep"><span data-t>Memory</span></button>
      <button type="button" data-page="assistants" data-icon="person"><span data-t>Assistants</span></button>
      <button type="button" data-page="prompts" data-icon="template"><span data-t>Prompts</span></button>
      <button type="button" data-page="shortcuts" data-icon="keyboard"><span data-t>Shortcuts</span></button>
      <button type="button" data-page="data" data-icon="save"><span data-t>Data</span></button>
      <button type="button" data-page="about" data-icon="info"><span data-t>About</span></button>
    </nav>
    <section id="lu-settings-page" tabindex="0" aria-labelledby="lu-settings-heading"></section>
  </div>
</dialog>
"""
