/* Brings the page to life: unpacks, builds the controls, and keeps them with what is shown. */
(function (dg) {
  "use strict";

  const h = dg.h;

  dg.start = async function (map, shapes, packed, options) {
    Object.assign(dg, { map, shapes, options, ready: false });
    if (![packed, ...dg.packs()].every(dg.canUnpack)) {
      document.body.append(h("p.dg-noscript", { role: "alert" }, options.too_old));
      return;
    }
    const [words] = await Promise.all([dg.unpack(packed), dg.unpacked(options.unit)]);
    words.languages.forEach(function (language) {
      dg.catalogue[language] = {};
      words.keys.forEach((key, i) => { dg.catalogue[language][key] = words[language][i]; });
    });
    dg.reasonWords = ["", ...words.reasons];
    dg.counties = Array.from(new Set(dg.table.townships.county)).filter(Boolean);
    dg.groups = Array.from(new Set(dg.table.townships.group)).filter(Boolean).sort();
    dg.findYears();
    await rasters(options.signal);
    dg.setLanguage(options.language);
    dg.startBase();
    build();
    L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
    watermark(options.watermark);
    whole(false);
    dg.followPointer(map);
    dg.listeners.push(refresh, dg.keepAddress);
    dg.takeAddress();
    map.on("moveend", () => { later(); dg.keepAddress(); });
    map.on("move zoomend resize", dg.clip);
    window.addEventListener("hashchange", dg.takeAddress);
    document.addEventListener("keydown", shortcut);
    sheet();
    dg.readyToPrint();
    dg.ready = true;
    dg.keepAddress();
    document.documentElement.dataset.ready = "1";
    dg.readyMs = performance.now();
  };

  /* The pictures of the best server's level, decoded. */
  async function rasters(signal) {
    if (!signal) return;
    const load = (uri) => new Promise(function (resolve, reject) {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = reject;
      image.src = uri;
    });
    const [before, after] = await Promise.all([load(signal.before), load(signal.after)]);
    const [[south, west], [north, east]] = signal.bounds;
    const a = dg.project(L.latLng(north, west)), b = dg.project(L.latLng(south, east)), box = [a.x, a.y, b.x, b.y];
    dg.rasters = { before: { image: before, box }, after: { image: after, box } };
  }
  dg.rasters = null;

  function show(layer, visible) {
    if (!layer || visible === dg.map.hasLayer(layer)) return;
    if (visible) layer.addTo(dg.map);
    else layer.remove();
  }

  function refresh() {
    show(dg.shapes.relief, dg.shown.relief);
    show(dg.base, dg.shown.base);
    dg.repaint();
    dg.placeDivider();
    dg.placeYear();
    dg.drawLegend();
    dg.redrawTable();
  }

  let timer = 0;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(function () {
      dg.drawLegend();
      dg.redrawTable();
    }, dg.PAUSE_MS);
  }

  function whole(animate) {
    const bar = document.querySelector(".dg-bar-top");
    dg.map.fitBounds(dg.options.bounds, {
      animate, paddingTopLeft: [12, bar.offsetTop + bar.offsetHeight + 8], paddingBottomRight: [12, 28],
    });
  }
  dg.whole = whole;

  /* One choice of several, as a row of buttons. */
  function choice(key, values) {
    const group = h("div.dg-choice", { role: "group", "aria-label": dg.say(key) });
    for (const value of values) {
      const button = h("button", { type: "button", ["data-" + key]: value }, dg.say(key + "." + value));
      button.addEventListener("click", () => dg.change({ [key]: value, reason: "" }));
      group.append(button);
    }
    const mark = () => group.querySelectorAll("button").forEach((button) =>
      button.setAttribute("aria-pressed", button.dataset[key] === dg.view[key]));
    mark();
    return [group, mark];
  }

  /* The controls over the map, in the language of the page. */
  let controls = [], marking = null;
  function build() {
    controls.forEach((control) => control.remove());
    dg.listeners = dg.listeners.filter((listener) => listener !== marking);
    const [services, markServices] = choice("service", ["5g", "gigabit", "both"]), [times, markTimes] = choice("time", dg.TIMES);
    marking = function () {
      markServices();
      markTimes();
    };
    dg.listeners.push(marking);
    const bar = h("div.dg-bar-top.dg-over", dg.searchBox(), services, times);
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.disableScrollPropagation(bar);
    const container = dg.map.getContainer();
    container.setAttribute("role", "main");
    container.setAttribute("aria-label", dg.say("map"));
    const years = dg.yearSlider(), parts = [bar, dg.swipeHandle(), dg.tableDrawer(), years].filter(Boolean);
    container.append(...parts);
    const tools = L.control({ position: "bottomright" });
    tools.onAdd = function () {
      const other = dg.language === "zh" ? "en" : "zh", name = { en: "English", zh: "中文" }[other];
      const language = dg.button(".dg-tool.dg-language", name, () => dg.speak(other), { en: "En", zh: "中" }[other]);
      language.lang = { en: "en", zh: "zh-CN" }[other];
      const box = h("div.leaflet-bar.dg-tools", language,
        dg.button(".dg-tool.dg-gaps", dg.say("table.open"), dg.toggleTable, dg.icon("M2 3h12v10H2zM2 6.3h12M2 9.6h12M6 3v10")),
        dg.button(".dg-tool.dg-print", dg.say("print"), dg.printSheet, dg.icon("M4.5 6V2h7v4M4.5 11.5H2V6h12v5.5h-2.5M4.5 9.5h7V14h-7z")),
        dg.button(".dg-tool.dg-whole", dg.say("whole"), () => whole(true), dg.icon("M9.5 2H14v4.5M14 2L9.5 6.5M6.5 14H2V9.5M2 14l4.5-4.5")));
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    const zoom = L.control.zoom({ position: "bottomright", zoomInTitle: dg.say("zoom_in"), zoomOutTitle: dg.say("zoom_out") });
    controls = [...parts, zoom.addTo(dg.map), tools.addTo(dg.map)];
  }

  /* Another language: every word is said anew, what is shown stays. */
  dg.speak = function (language) {
    const { opened } = dg, table = dg.tableOpen();
    dg.map.closePopup();
    dg.setLanguage(language);
    build();
    if (dg.ready) {
      dg.change();
      if (table) dg.toggleTable();
      if (opened) dg.open(opened.kind, opened.row, true);
    }
  };

  function watermark(text) {
    if (!text) return;
    const canvas = dg.swatch(320, 220, function (ctx) {
      ctx.translate(160, 110);
      ctx.rotate(-0.42);
      ctx.font = "600 20px " + dg.FONT;
      ctx.textAlign = "center";
      ctx.fillStyle = "rgba(28, 39, 51, 0.15)";
      ctx.fillText(text, 0, 0, 300);
    });
    const sheet = h("div.dg-watermark", { "aria-hidden": "true" });
    sheet.style.backgroundImage = "url(" + canvas.toDataURL() + ")";
    sheet.style.backgroundSize = "320px 220px";
    dg.map.getContainer().append(sheet);
  }

  /* "/" goes to the search, Escape closes what is open. */
  function shortcut(event) {
    const writing = /^(input|textarea|select)$/i.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.key === "/" && !writing) {
      event.preventDefault();
      document.getElementById("dg-search").focus();
    } else if (event.key === "Escape") dg.map.closePopup();
  }

  /* On a narrow screen the panel is a sheet that is drawn up. */
  dg.closeSheet = () => {};
  function sheet() {
    const panel = document.getElementById("dg-panel"), handle = document.getElementById("dg-handle");
    const set = function (open) {
      panel.classList.toggle("dg-open", open);
      handle.setAttribute("aria-expanded", open);
    };
    dg.closeSheet = () => set(false);
    handle.addEventListener("click", () => set(!panel.classList.contains("dg-open")));
    document.querySelectorAll(".dg-foot a").forEach((link) => link.addEventListener("click", function (event) {
      event.preventDefault();
      set(true);
      document.getElementById("dg-about").scrollIntoView({ behavior: "smooth", block: "start" });
    }));
    dg.map.on("click", dg.closeSheet);
  }
})(window.dualgig);
