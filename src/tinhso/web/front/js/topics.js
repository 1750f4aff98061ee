// Live topics (#live, by htmx's hx-sse): how many changes there were is counted up; what is on the screen stays as it is.
const seen = {};

export function liveTopics() {
  const source = document.getElementById("live");
  if (!source) return;
  const places = [...document.querySelectorAll("[data-live-topic], [data-live-add]")];
  for (const topic of new Set(places.map((place) => place.dataset.liveTopic || place.dataset.liveAdd))) {
    source.addEventListener(topic, (event) => told(topic, Number(event.detail?.data), places));
  }
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
