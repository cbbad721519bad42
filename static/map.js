// Draws the places of the list below it. Nothing is on the map that the list does not say, so nothing is lost
// where this does not run; and no other site is asked: the land comes from static/outlines/.
(function () {
  "use strict";

  const box = document.getElementById("map");
  const L = window.L;
  if (!box || !L) return;
  const PIN = 28; // pixels, as in map.css
  const list = (selector) => Array.from(document.querySelectorAll(selector));
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  // One finger scrolls the page, as everywhere; two fingers and the buttons move the map.
  const touched = L.Browser.mobile || window.matchMedia("(pointer: coarse)").matches;

  // A point as it is nearest to the middle: what lies beyond the date line is drawn beside it.
  const turned = (x) => x + 360 * Math.round((box.dataset.longitude - x) / 360);
  const point = (element) => L.latLng(element.dataset.latitude, turned(Number(element.dataset.longitude)));
  const around = (element, km) => point(element).toBounds(km * 2000);

  box.hidden = false;
  box.parentNode.classList.add("drawn");
  list(".past-map").forEach((link) => { link.hidden = false; });
  const map = L.map(box, {
    attributionControl: false,
    zoomControl: false,
    scrollWheelZoom: false,
    boxZoom: false, // Shift is for leaving
    dragging: !touched,
    inertia: !still,
    zoomAnimation: !still,
    zoomSnap: 0.25,
    minZoom: 2,
    maxZoom: 15,
  });
  if (still) {
    const pan = map.panBy;
    map.panBy = (way) => pan.call(map, way, { animate: false });
  }
  L.control.zoom({ position: "bottomright", zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
  L.control.attribution({ position: "bottomleft", prefix: false }).addAttribution("Natural Earth").addTo(map);
  L.control.scale({ imperial: false }).addTo(map);

  // Where to look: at all places with the middle of what was asked, else as far as was asked.
  const spots = list(".spots li");
  const view = around(box, spots.length ? 0 : box.dataset.radius);
  spots.forEach((item) => view.extend(around(item, item.dataset.reach || 0)));
  map.fitBounds(view, { paddingTopLeft: [24, 24], paddingBottomRight: [60, 24], maxZoom: 12, animate: false });

  // The land. Without it the map still has its pins.
  map.createPane("land").style.zIndex = 300;
  const renderer = L.svg({ pane: "land", padding: 0.5 });

  function ring(steps) {
    const points = [];
    for (let at = 0, x = 0, y = 0; at < steps.length; at += 2) {
      x += steps[at];
      y += steps[at + 1];
      points.push([y / 1000, x / 1000]);
    }
    return points;
  }

  function polygon(rings) {
    const points = rings.map(ring);
    const middle = L.latLngBounds(points[0]).getCenter().lng;
    return points.map((line) => line.map((at) => [at[0], at[1] + turned(middle) - middle]));
  }

  function draw(country) {
    L.polygon(country.map(polygon), { renderer, className: "land", interactive: false }).addTo(map);
  }

  box.dataset.outlines.split(" ").filter(Boolean).forEach((url) => {
    window.fetch(url).then((answer) => answer.json()).then(draw).catch(() => {});
  });

  // A place is a pin with its number in the list, or the whole area and no pin.
  const areas = {};
  const pins = [];

  function mark(item, options, icon) {
    return L.marker(point(item), Object.assign({ icon: L.divIcon(icon) }, options)).addTo(map);
  }

  function pin(item, number) {
    const marker = mark(item, { riseOnHover: true }, { className: "pin", html: String(number), iconSize: [PIN, PIN] });
    pins.push({ marker, stalk: L.polyline([], { className: "stalk", interactive: false }).addTo(map) });
    return marker;
  }

  function area(item) {
    const radius = item.dataset.reach * 1000;
    const key = point(item) + radius;
    areas[key] = areas[key] || L.circle(point(item), { radius, className: "area" }).addTo(map);
    return areas[key];
  }

  // It leads to its entry in the list, and lights up with it.
  spots.forEach((item, index) => {
    const link = item.querySelector("a");
    const drawn = item.dataset.reach ? area(item) : pin(item, index + 1);
    const element = drawn.getElement();
    const go = () => {
      link.scrollIntoView({ block: "center" });
      link.focus({ preventScroll: true });
    };
    const light = (on) => () => [element, item].forEach((part) => part.classList.toggle("on", on));
    [element, item].forEach((part) => {
      ["mouseenter", "focusin"].forEach((event) => part.addEventListener(event, light(true)));
      ["mouseleave", "focusout"].forEach((event) => part.addEventListener(event, light(false)));
    });
    if (element.hasAttribute("aria-label")) return; // an area that leads to an entry above
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", index + 1 + ". " + link.textContent);
    drawn.on("click", go);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault(); // or the same key would follow the link
      go();
    });
  });

  // Pins that would cover each other move apart, each on a stalk that stands where it is.
  function part(a, b) {
    const axis = Math.abs(a.x - b.x) > Math.abs(a.y - b.y) ? "x" : "y";
    const push = (PIN - 1 - Math.abs(a[axis] - b[axis])) / 2;
    if (push < 0.1) return false;
    const way = a[axis] < b[axis] ? -push : push;
    a[axis] += way;
    b[axis] -= way;
    return true;
  }

  function spread() {
    const from = pins.map((one) => map.latLngToLayerPoint(one.marker.getLatLng()));
    const to = from.map((at) => at.clone());
    for (let turn = 0, moved = true; moved && turn < 200; turn += 1) {
      moved = false;
      to.forEach((a, index) => {
        for (let other = 0; other < index; other += 1) moved = part(a, to[other]) || moved;
      });
    }
    pins.forEach((one, index) => {
      const moved = to[index].subtract(from[index]).subtract([PIN / 2, PIN / 2]);
      one.marker.getElement().style.margin = moved.y + "px 0 0 " + moved.x + "px";
      one.stalk.setLatLngs([one.marker.getLatLng(), map.layerPointToLatLng(to[index])]);
    });
  }

  // Names of towns, the largest first: beside their point where there is room, else not at all.
  map.createPane("towns").style.zIndex = 500;
  const NEAR = ["right", "left", "over", "under"];
  const FAR = ["far over", "far under", "further over", "further under"];
  const towns = list(".towns li").map((item) => {
    const name = document.createElement("span");
    name.textContent = item.textContent;
    const options = { pane: "towns", interactive: false, keyboard: false };
    const element = mark(item, options, { className: "town", html: name, iconSize: [0, 0] }).getElement();
    element.setAttribute("aria-hidden", "true"); // to look at: the list says where each place is
    return { element, name };
  });

  function label() {
    const edges = (element) => element.getBoundingClientRect();
    const all = edges(box);
    const taken = list(".map .pin, .map .leaflet-control").map(edges);
    const free = (a) => a.left > all.left && a.right < all.right && a.top > all.top && a.bottom < all.bottom &&
      !taken.some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom);
    towns.forEach((town, index) => {
      town.element.hidden = false;
      town.element.hidden = !(index > 2 ? NEAR : NEAR.concat(FAR)).some((side) => {
        town.name.className = side;
        return free(edges(town.name)) && taken.push(edges(town.name));
      });
    });
  }

  map.on("zoomend", spread);
  map.on("moveend resize", label);
  spread();
  label();
}());
