// Scripts and styles that most pages never need, fetched from our own server when the first block asks for them.

const asked = new Map();

/** The address of a script of ours that stands alone, such as a worker. */
export const own = (name) => new URL(`${window.lumoraPage.ui}js/${name}`, document.baseURI).href;

/** The address of a vendored file such as `katex/katex.min.js`. */
export const vendored = (name) => own(`vendor/${name}`);

function added(tag, props) {
  return new Promise((done, fail) => {
    const node = Object.assign(document.createElement(tag), props);
    node.addEventListener("load", () => done());
    node.addEventListener("error", () => {
      node.remove();
      fail(new Error(`${props.src ?? props.href} cannot be read`));
    });
    document.head.append(node);
  });
}

/** Loads a vendored script or stylesheet once. Fails when the server cannot be reached; the next call tries again. */
export function load(name) {
  if (!asked.has(name)) {
    const address = vendored(name);
    const coming = name.endsWith(".css") ? added("link", { rel: "stylesheet", href: address }) : added("script", { src: address });
    asked.set(name, coming.catch((e) => {
      asked.delete(name);
      throw e;
    }));
  }
  return asked.get(name);
}
