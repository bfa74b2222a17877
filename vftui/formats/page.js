"use strict";
const find = (name) => document.getElementById(name);
const search = find("search"), marked = find("marked"), found = find("found"), unfold = find("unfold");
const turns = [...document.querySelectorAll(".turn")].map((element) => ({
  element,
  words: [...element.querySelectorAll(".said, .message, .item")],
  fold: element.querySelector(".traces"),
  traces: [...element.querySelectorAll(".trace")],
}));
const texts = new Map();
const textOf = (element) => {
  if (!texts.has(element)) texts.set(element, element.textContent.toLowerCase());
  return texts.get(element);
};
const of = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
const MOST = 2000;
let waiting = 0;

function apply() {
  const words = search.value.trim().toLowerCase();
  const asked = words !== "" || marked.checked;
  const shown = [];
  let traces = 0, messages = 0;
  for (const turn of turns) {
    let hits = 0;
    for (const trace of turn.traces) {
      const passes = (!marked.checked || trace.classList.contains("marked")) &&
        (words === "" || textOf(trace).includes(words));
      trace.classList.toggle("away", asked && !passes);
      if (asked && passes) { hits += 1; if (shown.length < MOST) shown.push(trace); }
    }
    const said = words === "" || marked.checked ? [] : turn.words.filter((one) => textOf(one).includes(words));
    shown.push(...said);
    turn.element.classList.toggle("away", asked && hits + said.length === 0);
    if (turn.fold) turn.fold.open = asked && hits > 0;
    traces += hits;
    messages += said.length;
  }
  found.textContent = asked ? `${of(traces, "trace")}, ${of(messages, "message")}` : "";
  light(words, shown);
}

function light(words, elements) {
  if (!window.CSS || !CSS.highlights) return;
  CSS.highlights.delete("found");
  if (words === "") return;
  const ranges = [];
  for (const element of elements) {
    const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode() && ranges.length < MOST) {
      const text = nodes.currentNode.data.toLowerCase();
      if (text.length !== nodes.currentNode.data.length) continue;
      for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
        const range = new Range();
        range.setStart(nodes.currentNode, at);
        range.setEnd(nodes.currentNode, at + words.length);
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}

search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
marked.addEventListener("change", apply);
unfold.addEventListener("click", () => {
  const open = turns.some((turn) => turn.fold && !turn.fold.open);
  for (const turn of turns) if (turn.fold) turn.fold.open = open;
  unfold.textContent = open ? "fold traces" : "unfold traces";
});
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
document.querySelector("form").hidden = false;
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
});
const asked = decodeURIComponent(location.hash.slice(1));
if (asked.startsWith("search=")) { search.value = asked.slice(7); apply(); }
