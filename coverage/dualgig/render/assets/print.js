/* The print sheet: the map at a fixed size for a page of A4 across, then the legend. */
(function (dg) {
  "use strict";

  const WIDTH_PX = 1000, HEIGHT_PX = 600;
  let before = null;

  dg.printSheet = () => window.print();

  function lay() {
    if (before) return;
    const container = dg.map.getContainer();
    const view = dg.map.getBounds(), whole = view.contains(dg.options.bounds);
    before = { centre: dg.map.getCenter(), zoom: dg.map.getZoom(), bounds: whole ? dg.options.bounds : view };
    document.documentElement.classList.add("dg-printing");
    container.style.width = WIDTH_PX + "px";
    container.style.height = HEIGHT_PX + "px";
    dg.map.invalidateSize({ animate: false, pan: false });
    dg.map.fitBounds(before.bounds, { animate: false });
    dg.repaint();
  }
  function leave() {
    if (!before) return;
    const container = dg.map.getContainer();
    document.documentElement.classList.remove("dg-printing");
    container.style.width = container.style.height = "";
    dg.map.invalidateSize({ animate: false, pan: false });
    dg.map.setView(before.centre, before.zoom, { animate: false });
    before = null;
    dg.repaint();
  }
  dg.readyToPrint = function () {
    window.addEventListener("beforeprint", lay);
    window.addEventListener("afterprint", leave);
  };
})(window.dualgig);
