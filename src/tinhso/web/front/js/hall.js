// The screen of a hall: what changed is fetched every few seconds, new calls are sounded and spoken one after the other.
const LOST_AFTER = 3;
const PARTS = ["duoc-goi", "dang-cho"];
const KEPT = "hall-sound";

function hall(wall) {
  const voice = speaker(wall);
  const known = new Set(calls(wall).map((call) => call.dataset.call));
  let tag = "";
  let lost = 0;
  const look = async () => {
    try {
      const answer = await fetch(wall.dataset.hall, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      clock(answer.headers.get("Date"));
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") ?? "";
        show(await answer.text());
        // the newest stands first; who was called first is spoken first
        for (const call of calls(wall).reverse()) if (!known.has(call.dataset.call)) voice.say(call.dataset.say);
        for (const call of calls(wall)) known.add(call.dataset.call);
      } else if (answer.status !== 304) throw new Error(String(answer.status));
      lost = 0;
    } catch {
      lost += 1;
    }
    wall.querySelector("[data-hall-lost]").hidden = lost < LOST_AFTER;
    setTimeout(look, Number(wall.dataset.hallSeconds) * 1000);
  };
  setTimeout(look, Number(wall.dataset.hallSeconds) * 1000);
}

const calls = (wall) => [...wall.querySelectorAll("[data-call]")];

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const id of PARTS) document.getElementById(id).replaceChildren(...fresh.getElementById(id).childNodes);
}

// the server's hour: a screen on a wall is often wrong
function clock(date) {
  const place = document.querySelector("[data-hall-clock] time, [data-hall-clock]");
  if (!place || !date) return;
  const hour = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Ho_Chi_Minh" };
  place.textContent = new Intl.DateTimeFormat("vi", hour).format(new Date(date));
}

function speaker(wall) {
  const button = wall.querySelector("[data-hall-sound]");
  const language = document.documentElement.lang;
  let sound = null;
  let turn = Promise.resolve();
  const speaks = () => window.speechSynthesis?.getVoices().some((voice) => voice.lang.toLowerCase().startsWith(language));
  const set = (on) => {
    if (on) sound ??= new AudioContext();
    // a browser lets a page sound only after somebody touched it: then the button says so by not being pressed
    const sounds = Boolean(on && sound);
    button.setAttribute("aria-pressed", String(sounds && sound.state === "running"));
    wall.querySelector("[data-hall-mute]").hidden = !sounds || Boolean(speaks());
    localStorage.setItem(KEPT, on ? "on" : "");
    if (sounds && sound.state !== "running") sound.resume().then(() => button.setAttribute("aria-pressed", "true"));
    if (!on) sound = null;
  };
  button.hidden = false;
  button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true"));
  if (localStorage.getItem(KEPT)) set(true);
  window.speechSynthesis?.addEventListener?.("voiceschanged", () => sound && set(true));
  const say = (text) => {
    if (sound) turn = turn.then(() => chime(sound)).then(() => speaks() && speak(text, language));
  };
  return { say };
}

function chime(sound) {
  const tones = [[660, 0], [520, 0.35]];
  for (const [pitch, after] of tones) {
    const tone = sound.createOscillator();
    const loud = sound.createGain();
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.2, sound.currentTime + after);
    loud.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + after + 0.6);
    tone.connect(loud).connect(sound.destination);
    tone.start(sound.currentTime + after);
    tone.stop(sound.currentTime + after + 0.6);
  }
  return new Promise((done) => setTimeout(done, 900));
}

function speak(text, language) {
  return new Promise((done) => {
    const words = new SpeechSynthesisUtterance(text);
    words.lang = language === "vi" ? "vi-VN" : "en-GB";
    words.rate = 0.9;
    words.onend = words.onerror = done;
    // some browsers never say that they ended
    setTimeout(done, 12000);
    window.speechSynthesis.speak(words);
  });
}

const wall = document.querySelector("[data-hall]");
if (wall) hall(wall);
