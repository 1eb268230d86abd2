/* The divider between before and after, and the slider of years. */
(function (dg) {
  "use strict";

  const h = dg.h, STEP = 0.02, PAGE = 0.1, LEAST = 0.02;

  dg.swipeHandle = function () {
    const sides = ["before", "after"].map((time) => h("span.dg-side.dg-side-" + time, dg.say("time." + time)));
    const handle = h("div.dg-divider.dg-over", {
      role: "slider", tabindex: "0", "aria-label": dg.say("swipe"), "aria-valuemin": "0", "aria-valuemax": "100", "aria-orientation": "horizontal",
    }, h("i", { "aria-hidden": "true" }, "⇔"), ...sides);
    const set = function (share) {
      dg.view.swipe = Math.max(LEAST, Math.min(1 - LEAST, share));
      place();
      dg.clip();
      dg.keepAddress();
    };
    function place() {
      const percent = Math.round(100 * dg.view.swipe);
      handle.hidden = dg.view.time !== "swipe";
      handle.style.left = 100 * dg.view.swipe + "%";
      handle.setAttribute("aria-valuenow", percent);
      handle.setAttribute("aria-valuetext", dg.say("swipe.text", { percent }));
    }
    handle.addEventListener("keydown", function (event) {
      const to = {
        ArrowLeft: dg.view.swipe - STEP, ArrowDown: dg.view.swipe - STEP, ArrowRight: dg.view.swipe + STEP, ArrowUp: dg.view.swipe + STEP,
        PageDown: dg.view.swipe - PAGE, PageUp: dg.view.swipe + PAGE, Home: 0, End: 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      set(to);
    });
    const follow = function (event) {
      const box = dg.map.getContainer().getBoundingClientRect();
      set((event.clientX - box.left) / box.width);
    };
    handle.addEventListener("pointerdown", function (event) {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
      handle.addEventListener("pointermove", follow);
    });
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => handle.removeEventListener("pointermove", follow));
    for (const kind of ["mousedown", "touchstart", "dblclick", "click"]) L.DomEvent.on(handle, kind, L.DomEvent.stopPropagation);
    dg.placeDivider = place;
    place();
    return handle;
  };

  /* The year shown; the one before the first is today. */
  dg.yearWords = () => dg.view.year < dg.years[0] ? dg.say("time.before") : String(dg.view.year);

  /* Only where the plan says in which year things are built. */
  dg.yearSlider = function () {
    if (!dg.years.length) return "";
    const first = dg.years[0] - 1, last = dg.years[dg.years.length - 1], label = dg.say("year");
    const input = h("input", { type: "range", id: "dg-year", min: first, max: last, step: 1, "aria-label": label });
    const shown = h("output", { for: "dg-year" }), box = h("div.dg-years.dg-over", h("label", { for: "dg-year" }, label), input, shown);
    input.addEventListener("input", () => dg.change({ year: Number(input.value), time: dg.view.time === "before" ? "after" : dg.view.time }));
    dg.placeYear = function () {
      input.value = dg.view.year;
      shown.textContent = dg.yearWords();
      input.setAttribute("aria-valuetext", shown.textContent);
      box.hidden = dg.view.time === "before";
    };
    dg.placeYear();
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    return box;
  };
  dg.placeYear = () => {};
})(window.dualgig);
