/* The base map, where the project asks for one: the only thing on the page that needs a network. */
(function (dg) {
  "use strict";

  const h = dg.h, KEPT = "dualgig-tile-key";
  dg.base = null;

  function kept() {
    try {
      return sessionStorage.getItem(KEPT) || "";
    } catch (error) {
      return "";
    }
  }

  function tiles(base, key) {
    return L.layerGroup(base.urls.map((url) => L.tileLayer(url.replace("{key}", encodeURIComponent(key)), {
      subdomains: base.subdomains, maxZoom: dg.map.getMaxZoom(), maxNativeZoom: base.max_zoom, pane: "tilePane", attribution: base.attribution,
    })));
  }

  dg.startBase = function () {
    const { base } = dg.options;
    if (!base) return;
    dg.base = L.layerGroup();
    dg.shown.relief = false;
    L.control.attribution({ position: "bottomright", prefix: false }).addAttribution(h("span", base.attribution).innerHTML).addTo(dg.map);
    const key = base.key || kept();
    if (base.needs_key && !key) ask(base);
    else tiles(base, key).addTo(dg.base);
  };

  /* The key stays in this browser's session: it is no part of the page. */
  function ask(base) {
    const input = h("input", { type: "text", id: "dg-key", autocomplete: "off", spellcheck: "false" });
    const form = h("form.dg-key-form.dg-over", h("label", { for: "dg-key" }, dg.say("base.key")), input, h("button", { type: "submit" }, dg.say("base.use")));
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const key = input.value.trim();
      if (!key) return;
      try {
        sessionStorage.setItem(KEPT, key);
      } catch (error) {
        // Without storage the key serves until the page is closed.
      }
      tiles(base, key).addTo(dg.base);
      form.remove();
    });
    L.DomEvent.disableClickPropagation(form);
    dg.map.getContainer().append(form);
  }
})(window.dualgig);
