// Files travel in pieces (tus 1.0.0): a dropped connection costs one piece, a reloaded page starts where it stopped.
// Where it stopped is kept for this tab alone, and the file's name is not: many people use one machine at a counter.
// The form then names the stored documents instead of carrying the files. Without this, the form carries them itself.
const PIECE = 1024 * 1024;
const TRIES = 8;
const TUS = { "Tus-Resumable": "1.0.0" };

const csrf = (form) => form.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "";
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

async function mark(file) {
  const about = new TextEncoder().encode(`${file.name}:${file.size}:${file.lastModified}`);
  // without https browsers lend no digests: then nothing is kept, and a reloaded page begins anew
  if (!crypto.subtle) return "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", about));
  return `tus:${[...digest.slice(0, 12)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

const kept = (key) => (key ? sessionStorage.getItem(key) : null);
const keep = (key, upload) => key && sessionStorage.setItem(key, upload);
const forget = (key) => key && sessionStorage.removeItem(key);

async function refused(answer) {
  const problem = await answer.json().catch(() => ({}));
  return Object.assign(new Error(problem.detail || problem.title || String(answer.status)), { final: answer.status < 500 });
}

async function announce(address, file, token) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { ...TUS, "X-CSRFToken": token, "Upload-Length": String(file.size), "Upload-Metadata": `filename ${base64(file.name)}` },
  });
  if (answer.status !== 201) throw await refused(answer);
  return new URL(answer.headers.get("Location"), location.href).pathname;
}

async function offsetOf(upload) {
  const answer = await fetch(upload, { method: "HEAD", headers: TUS });
  if (!answer.ok) return null;
  return { offset: Number(answer.headers.get("Upload-Offset")), document: answer.headers.get("Upload-Document") };
}

// Returns the id of the stored document; `told` hears how much has arrived, from 0 to 1.
async function send(address, file, token, told) {
  const key = await mark(file);
  let upload = kept(key);
  let at = upload ? await offsetOf(upload).catch(() => null) : null;
  if (!at) {
    upload = await announce(address, file, token);
    keep(key, upload);
    at = { offset: 0, document: null };
  }
  for (let tries = 0; !at.document; ) {
    try {
      const answer = await fetch(upload, {
        method: "PATCH",
        headers: { ...TUS, "X-CSRFToken": token, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at.offset) },
        body: file.slice(at.offset, at.offset + PIECE),
      });
      if (answer.status !== 204 && answer.status !== 409) throw await refused(answer);
      if (answer.status === 409) throw new Error("offset");
      at = { offset: Number(answer.headers.get("Upload-Offset")), document: answer.headers.get("Upload-Document") };
      tries = 0;
      told(file.size ? at.offset / file.size : 1);
    } catch (problem) {
      if (problem.final || ++tries > TRIES) {
        forget(key);
        throw problem;
      }
      await wait(Math.min(500 * 2 ** tries, 15000));
      at = (await offsetOf(upload).catch(() => null)) ?? at;
    }
  }
  forget(key);
  return at.document;
}

function hidden(form, name, value) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.append(field);
}

export function piecewise(root) {
  root.addEventListener("cq:files", async (event) => {
    const input = event.target;
    const form = input.form;
    if (!input.dataset.pieces || !form || !input.files.length) return;
    const files = [...input.files];
    const items = [...event.detail.list.children];
    const buttons = [...form.querySelectorAll('button[type="submit"]')];
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    form.dataset.uploading = "1";
    // what could not be stored stays in the field: the form carries it itself, and the server says at the field what is wrong
    const left = new DataTransfer();
    for (const [place, file] of files.entries()) {
      const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
      bar.setAttribute("aria-label", file.name);
      items[place]?.append(" ", bar);
      try {
        const id = await send(input.dataset.pieces, file, csrf(form), (share) => { bar.value = share; });
        hidden(form, `${input.name}-document`, id);
        bar.value = 1;
      } catch (problem) {
        bar.replaceWith(document.createTextNode(` – ${problem.message}`));
        items[place]?.classList.add("is-wrong");
        left.items.add(file);
      }
    }
    input.files = left.files;
    delete form.dataset.uploading;
    buttons.forEach((button) => button.removeAttribute("aria-disabled"));
  });
  // nothing is posted while a file is still on its way
  root.addEventListener("submit", (event) => { if (event.target.dataset?.uploading) { event.preventDefault(); event.stopImmediatePropagation(); } }, true);
}
