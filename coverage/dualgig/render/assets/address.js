/* The view in the page's address, so that a link shows what its sender saw. */
(function (dg) {
  "use strict";

  /* Switches of layers by name: `roads`, `sites.unused`. */
  function switches() {
    const all = [];
    for (const [name, value] of Object.entries(dg.shown)) {
      if (typeof value === "boolean") all.push([name, dg.shown, name]);
      else Object.keys(value).forEach((key) => all.push([name + "." + key, value, key]));
    }
    return all;
  }
  let usual = null;
  const usually = () => usual || (usual = Object.fromEntries ? Object.fromEntries(switches().map(([name, holder, key]) => [name, holder[key]]))
    : switches().reduce((map, [name, holder, key]) => Object.assign(map, { [name]: holder[key] }), {}));

  let writing = false, timer = 0;
  function text() {
    const centre = dg.map.getCenter(), parts = [["map", [dg.map.getZoom(), centre.lat.toFixed(5), centre.lng.toFixed(5)].join("/")]];
    const { service, time, reason, swipe, year } = dg.view, changed = switches().filter(([name, holder, key]) => holder[key] !== usually()[name]);
    parts.push(["service", service], ["time", time]);
    if (time === "swipe") parts.push(["swipe", swipe.toFixed(2)]);
    if (dg.years.length && time !== "before") parts.push(["year", year]);
    if (reason) parts.push(["reason", reason]);
    if (changed.length) parts.push(["switched", changed.map(([name]) => name).join(",")]);
    if (dg.language !== dg.options.language) parts.push(["lang", dg.language]);
    if (dg.tableOpen()) parts.push(["table", "gaps"]);
    if (dg.opened && dg.opened.kind !== "routes") {
      parts.push(["at", dg.opened.kind + ":" + (dg.table[dg.opened.kind].id || [])[dg.opened.row]]);
    }
    return "#" + parts.map(([name, value]) => name + "=" + encodeURIComponent(value).replace(/%2F/g, "/").replace(/%3A/g, ":").replace(/%2C/g, ",")).join("&");
  }

  dg.keepAddress = function () {
    clearTimeout(timer);
    timer = setTimeout(write, 60);
  };
  function write() {
    const now = text();
    if (writing || !dg.ready || now === location.hash) return;
    history.replaceState(null, "", now);
  }

  function read() {
    const wanted = {};
    for (const part of location.hash.slice(1).split("&")) {
      const [name, value] = part.split("=");
      if (value === undefined) continue;
      try {
        wanted[name] = decodeURIComponent(value);
      } catch (error) {
        wanted[name] = "";
      }
    }
    return wanted;
  }

  /* Show what the address says; what it leaves out or gets wrong stays as it is. */
  dg.takeAddress = function () {
    const wanted = read(), view = {};
    usually();
    writing = true;
    if (["5g", "gigabit", "both"].includes(wanted.service)) view.service = wanted.service;
    if (dg.TIMES.includes(wanted.time)) view.time = wanted.time;
    if (wanted.swipe > 0 && wanted.swipe < 1) view.swipe = Number(wanted.swipe);
    if (dg.years.length && wanted.year >= dg.years[0] - 1 && wanted.year <= dg.years[dg.years.length - 1]) view.year = Math.round(wanted.year);
    if (dg.reasonWords.includes(wanted.reason)) view.reason = wanted.reason;
    const switched = (wanted.switched || "").split(",");
    for (const [name, holder, key] of switches()) holder[key] = switched.includes(name) ? !usually()[name] : usually()[name];
    Object.assign(dg.view, view);
    const language = wanted.lang || dg.options.language;
    if (dg.catalogue[language] && language !== dg.language) dg.speak(language);
    const [zoom, lat, lng] = (wanted.map || "").split("/").map(Number);
    const placed = zoom >= 0 && zoom <= dg.map.getMaxZoom() && Math.abs(lat) <= 85 && Math.abs(lng) <= 180;
    if (placed) dg.map.setView([lat, lng], zoom, { animate: false });
    dg.change();
    if (("table" in wanted) !== dg.tableOpen()) dg.toggleTable();
    const [kind, id] = (wanted.at || "").split(/:(.*)/);
    const row = dg.table[kind] && dg.table[kind].id ? dg.table[kind].id.indexOf(id) : -1;
    if (row >= 0) dg.open(kind, row, placed);
    writing = false;
    return placed;
  };
})(window.dualgig);
