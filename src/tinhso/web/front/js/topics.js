// Live topics (#live, by htmx's hx-sse): how many changes there were is counted up; what is on the screen stays as it is.
const seen = {};
const SECONDS_FIRST = 2, SECONDS_MOST = 60;

export function liveTopics() {
  const source = document.getElementById("live");
  if (!source) return;
  const places = [...document.querySelectorAll("[data-live-topic], [data-live-add]")];
  for (const topic of new Set(places.map((place) => place.dataset.liveTopic || place.dataset.liveAdd))) {
    source.addEventListener(topic, (event) => told(topic, Number(event.detail?.data), places));
  }
  askAgain(source);
}

// hx-sse comes again by itself once it was let in; a first "not now" (nobody there yet, a rush) is asked again here.
// What happened meanwhile is not missed: the address says since when.
function askAgain(source) {
  let times = 0;
  source.addEventListener("htmx:finally:request", (event) => {
    const status = event.detail?.ctx?.response?.status;
    if (status && status !== 429 && status < 500) return;
    const seconds = Math.min(SECONDS_MOST, SECONDS_FIRST * 2 ** times++) * (0.7 + 0.6 * Math.random());
    setTimeout(() => source.dispatchEvent(new CustomEvent("again")), seconds * 1000);
  });
}

// count 0: changes were missed, nobody knows how many
function told(topic, count, places) {
  const known = seen[topic] || { count: 0, all: true };
  seen[topic] = { count: known.count + count, all: known.all && count > 0 };
  for (const place of places) {
    if (place.dataset.liveTopic === topic) hint(place, seen[topic]);
    if (place.dataset.liveAdd === topic && count) badge(place, seen[topic].count);
  }
}

function hint(place, { count, all }) {
  const text = document.createElement("span");
  text.textContent = all ? place.dataset.many.replace("[n]", count.toLocaleString(document.documentElement.lang)) : place.dataset.some;
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = location.pathname + location.search;
  link.textContent = place.dataset.show;
  place.replaceChildren(text, " ", link);
}

function badge(place, count) {
  let mark = place.querySelector("[data-live-mark]");
  if (!mark) {
    mark = document.createElement("em");
    mark.dataset.liveMark = "";
    mark.className = "cq-live-mark";
    place.append(mark);
  }
  mark.textContent = `+${count}`;
}
