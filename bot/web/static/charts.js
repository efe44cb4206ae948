"use strict";
// Draws the figures of one campaign and keeps them current. The same numbers stand in a table for screen readers.

const EVERY_MS = 5000;
const JADE = "#2b8a78";
const INK = "#1c2622";
const SOFT = "#51605a";
const LINE = "#e3e1d9";
const FONT = getComputedStyle(document.body).fontFamily;
const section = document.querySelector("[data-figures]");
const charts = new Map();

function bars(rows, colour) {
  return {
    textStyle: { fontFamily: FONT, color: INK, fontSize: 14 },
    grid: { left: 8, right: 56, top: 6, bottom: 6, containLabel: true },
    xAxis: { type: "value", minInterval: 1, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      type: "category", inverse: true, data: rows.map((row) => row.name),
      axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: INK, fontSize: 14 },
    },
    series: [{
      type: "bar", data: rows.map((row) => row.count), barMaxWidth: 24, barCategoryGap: "34%",
      itemStyle: { color: colour, borderRadius: [0, 6, 6, 0] },
      showBackground: true, backgroundStyle: { color: "#f1f0eb", borderRadius: [0, 6, 6, 0] },
      label: { show: true, position: "right", color: INK, fontSize: 14 },
    }],
  };
}

function pace(rows) {
  return {
    textStyle: { fontFamily: FONT, color: INK, fontSize: 14 },
    grid: { left: 8, right: 18, top: 18, bottom: 6, containLabel: true },
    xAxis: {
      type: "category", boundaryGap: false, data: rows.map((row) => row.name),
      axisLabel: { color: SOFT, fontSize: 13, hideOverlap: true }, axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false },
    },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: SOFT, fontSize: 13 }, splitLine: { lineStyle: { color: LINE } } },
    series: [{
      type: "line", data: rows.map((row) => row.count), showSymbol: rows.length < 30, symbolSize: 7,
      lineStyle: { color: JADE, width: 3 }, itemStyle: { color: JADE }, areaStyle: { color: "rgba(43,138,120,.12)" },
    }],
  };
}

const DRAW = {
  funnel: (rows) => bars(rows, JADE),
  dispositions: (rows) => bars(rows, "#4a7fb5"),
  outcomes: (rows) => bars(rows, "#c58a2e"),
  pace,
  foretold_tickets: (rows) => bars(rows, "#c58a2e"),
  foretold_outcomes: (rows) => bars(rows, JADE),
};

function table(box, title, rows) {
  let holder = box.parentElement.querySelector("details");
  if (!holder) {
    holder = document.createElement("details");
    holder.className = "figures-table";
    const summary = document.createElement("summary");
    summary.textContent = "看数字";
    holder.append(summary, document.createElement("table"));
    box.after(holder);
  }
  const body = document.createElement("tbody");
  for (const row of rows) {
    const line = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = row.name;
    line.append(head);
    line.insertCell().textContent = row.count;
  }
  const caption = document.createElement("caption");
  caption.textContent = title;
  holder.querySelector("table").replaceChildren(caption, body);
}

function draw(name, rows) {
  const box = section.querySelector(`[data-chart=${name}]`);
  const title = box.parentElement.querySelector("h2, h3").textContent;
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", rows.length ? `${title}：` + rows.map((row) => `${row.name} ${row.count}`).slice(-30).join("，") : `${title}：还没有数字`);
  box.parentElement.classList.toggle("without-figures", rows.length === 0);
  table(box, title, rows);
  if (!rows.length) return;
  if (name !== "pace") box.style.height = `${Math.max(200, rows.length * 38 + 20)}px`;
  let chart = charts.get(name);
  if (!chart) {
    chart = echarts.init(box, null, { renderer: "canvas" });
    charts.set(name, chart);
  }
  chart.resize();
  chart.setOption(DRAW[name](rows), { notMerge: true });
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(section.dataset.figures, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  for (const [name, rows] of Object.entries(await answer.json())) draw(name, rows);
}

if (section) {
  refresh();
  if (!("once" in section.dataset)) setInterval(refresh, EVERY_MS);
  addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
}
