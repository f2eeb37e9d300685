// The golden questions of one collection and the runs over them, as the server has them.

import { follow, request } from "../core/api.js";
import { complain } from "../core/toast.js";
import { t } from "../core/i18n.js";

const at = (...parts) => parts.map(encodeURIComponent).join("/");

/** What is known of a collection's evaluation; `redraw` is called whenever that changed. */
export class Evaluated {
  constructor(collection, redraw) {
    Object.assign(this, { collection, redraw, questions: null, runs: null, job: null, progress: null, note: "", error: null, whole: new Map(), before: null, after: null });
    this.stop = new AbortController();
  }

  /** Asks for all of it. */
  async load() {
    try {
      const [golden, runs] = await Promise.all([request(at("collections", this.collection, "golden"), {}), request(at("collections", this.collection, "evaluations"), {})]);
      Object.assign(this, { questions: golden.items, error: null });
      this.#take(runs);
    } catch (e) {
      this.error = e;
    }
    this.redraw();
  }

  // The newest run is compared with the one before it, unless others were chosen.
  #take({ items, job }) {
    const fresh = this.runs && items[0]?.id !== this.runs[0]?.id;
    this.runs = items;
    const has = (id) => items.some((r) => r.id === id);
    if (fresh || !has(this.after)) this.after = items[0]?.id ?? null;
    if (fresh || !has(this.before) || this.before === this.after) this.before = items.find((r) => r.id !== this.after)?.id ?? null;
    if (job && job !== this.job) this.#follow(job);
    this.#whole(this.before);
    this.#whole(this.after);
  }

  async #whole(id) {
    if (!id || this.whole.has(id)) return;
    this.whole.set(id, null);
    try {
      this.whole.set(id, await request(at("evaluations", id), {}));
    } catch {
      this.whole.delete(id); // it was removed in another tab
    }
    this.redraw();
  }

  /** Compares two runs. */
  compare(before, after) {
    Object.assign(this, { before, after });
    this.#whole(before);
    this.#whole(after);
    this.redraw();
  }

  /** Runs all questions with some settings. Throws ApiError. */
  async run(settings) {
    const { job } = await request(at("collections", this.collection, "evaluations"), { method: "POST", body: settings });
    this.#follow(job);
    this.redraw();
  }

  async #follow(job) {
    Object.assign(this, { job, progress: null, note: "", failed: null });
    try {
      await follow({ resume: (from) => `jobs/${encodeURIComponent(job)}/events?from=${from}`, onEvent: (e) => this.#hear(e), patient: true, signal: this.stop.signal });
    } catch (e) {
      if (e.name === "AbortError") return;
      complain(e);
    }
    if (this.job === job) this.job = null;
    await this.load();
  }

  #hear(event) {
    if (event.type === "progress") this.progress = event;
    else if (event.type === "notice") this.note = event.text;
    else if (event.type === "failed") this.failed = event;
    this.redraw();
  }

  /** Stops the run: nothing of it is kept. */
  async cancel() {
    if (this.job) await request(at("jobs", this.job, "cancel"), { method: "POST" }).catch(complain);
  }

  /** Adds a question, or changes `known`. Throws ApiError. */
  async keep(values, known = null) {
    if (known) await request(at("golden", known.id), { method: "PATCH", body: values });
    else await request(at("collections", this.collection, "golden"), { method: "POST", body: values });
    await this.load();
  }

  /** Takes a question away; the returned function brings it back. Throws ApiError. */
  async remove(question) {
    await request(at("golden", question.id), { method: "DELETE" });
    await this.load();
    return async () => {
      await request(at("golden", question.id, "restore"), { method: "POST" }).catch(complain);
      await this.load();
    };
  }

  /** Removes a run for good. Throws ApiError. */
  async forget(id) {
    await request(at("evaluations", id), { method: "DELETE" });
    await this.load();
  }

  /** It is not shown any more. */
  close() {
    this.stop.abort();
    this.redraw = () => {};
  }
}

/** How a run searched, in words. */
export function settingsWords(s) {
  const kind = { hybrid: t("words and meaning"), vector: t("meaning"), lexical: t("words") }[s.kind];
  const rerank = s.rerank === true ? t("sorted again") : s.rerank === false ? t("not sorted again") : null;
  const answers = s.support ? (s.model === "extractive" ? t("answers without a model") : t("answers by {model}", { model: s.model })) : null;
  return [kind, t("{n} passages", { n: s.limit }), rerank, s.embedder, answers].filter(Boolean).join(" · ");
}
