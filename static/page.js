// Runs before anything of the page is painted. Everything here is an extra: each page works without it.
(function () {
  "use strict";

  var root = document.documentElement;
  var exit = document.currentScript.getAttribute("data-exit");
  var LEFT = "left"; // the one thing kept in this tab, and only after leaving
  var WAIT = 5000; // milliseconds between two presses of Shift

  function store(act) {
    try { return act(window.sessionStorage); } catch (refused) { return null; } // storage may be switched off
  }

  // Leaving. Hidden at once, however slow the other site is; its address takes the place of ours, so that
  // Back does not lead here. Pages that lie further back hide themselves when they are shown again.

  function leave() {
    root.hidden = true;
    store(function (kept) { kept.setItem(LEFT, "1"); });
    window.location.replace(exit);
  }

  function hasLeft() {
    return store(function (kept) { return kept.getItem(LEFT); }) === "1";
  }

  // Not by Back, Forward or "load again", which whoever finds a page that is still leaving may press.
  function cameAnew() {
    var entry = window.performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
    return entry ? ["back_forward", "reload"].indexOf(entry.type) < 0 : performance.navigation.type === 0;
  }

  if (hasLeft()) {
    if (cameAnew()) store(function (kept) { kept.removeItem(LEFT); }); // somebody typed our address: let them in
    else leave();
  }

  window.addEventListener("pagehide", function () {
    root.hidden = true;
    forget();
  });

  window.addEventListener("pageshow", function (event) {
    if (event.persisted && hasLeft()) leave();
    else if (!hasLeft()) root.hidden = false;
    busy(false);
  });

  // Going back to a form finds it as it came from us.

  function forget() {
    [].forEach.call(document.forms, function (form) { form.reset(); });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a.exit, a.leave");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    leave();
  });

  // Shift three times, as GOV.UK's "Exit this page" does it: Shift held for a capital letter does not count,
  // any other key starts anew, and each press is announced.

  var presses = 0;
  var held = false; // the key before was typed with Shift
  var timer = 0;

  function say(key) {
    var voice = document.getElementById("said");
    if (voice) voice.textContent = key ? voice.getAttribute("data-" + key) : "";
  }

  function stopCounting(key) {
    window.clearTimeout(timer);
    if (presses) say(key);
    presses = 0;
  }

  document.addEventListener("keyup", function (event) {
    if (event.key === "Shift" && !held) {
      presses += 1;
      window.clearTimeout(timer);
      if (presses > 2) {
        presses = 0;
        leave();
      } else {
        say(presses === 1 ? "two" : "one");
        timer = window.setTimeout(function () { stopCounting("over"); }, WAIT);
      }
    } else if (presses) {
      stopCounting("");
    }
    held = event.shiftKey;
  });

  // What the Tab key has reached comes out from under the head: Firefox leaves it there while a part of it shows.

  document.addEventListener("keyup", function (event) {
    var at = document.activeElement;
    var top = document.getElementById("exit");
    if (event.key !== "Tab" || !top || top.parentNode.contains(at) || at.classList.contains("skip")) return;
    var under = top.getBoundingClientRect().bottom + 16 - at.getBoundingClientRect().top;
    if (under > 0) window.scrollBy(0, -under);
  });

  // What else a page can do with scripts.

  function busy(is) {
    [].forEach.call(document.querySelectorAll("button[data-busy]"), function (button) {
      if (is && !button.hasAttribute("data-idle")) {
        button.setAttribute("data-idle", button.textContent);
        button.textContent = button.getAttribute("data-busy");
      } else if (!is && button.hasAttribute("data-idle")) {
        button.textContent = button.getAttribute("data-idle");
        button.removeAttribute("data-idle");
      }
    });
  }

  document.addEventListener("submit", function () { busy(true); });

  function connection() {
    var note = document.getElementById("offline");
    if (!note) return;
    note.hidden = window.navigator.onLine !== false;
    note.textContent = note.hidden ? "" : note.getAttribute("data-words"); // w3m shows what is hidden
  }

  window.addEventListener("offline", connection);
  window.addEventListener("online", connection);

  // "Near me": asked for on a page of its own, and rounded here to the middle of a square of 0.02 degrees
  // (about 2 km) before anything is sent. The same rule is tested in Python: see tests/browser/test_near_me.py.

  function middle(degrees) {
    return (Math.floor(degrees / 0.02) * 0.02 + 0.01).toFixed(2);
  }

  function offerWhereIAm(form) {
    var button = form.querySelector("button");
    var failed = document.getElementById("here-failed");
    if (!window.navigator.geolocation) return;
    form.hidden = false;
    button.addEventListener("click", function () {
      busy(true);
      failed.hidden = true;
      window.navigator.geolocation.getCurrentPosition(function (found) {
        form.elements.lat.value = middle(found.coords.latitude);
        form.elements.lng.value = middle(found.coords.longitude);
        form.submit();
      }, function () {
        busy(false);
        failed.hidden = false;
      }, { enableHighAccuracy: false, timeout: 20000, maximumAge: 600000 });
    });
  }

  // A list to take along: short ids after the "#" of an address, which no server is sent. Kept nowhere else.

  var IDS = /^#(?:list=)?([a-z0-9]+(?:,[a-z0-9]+)*)$/;
  var MOST = 20;
  var list = [];
  var inAddress = true; // or on this page only

  function idsInAddress(mark) {
    var found = window.location.hash.indexOf(mark) === 0 && IDS.exec(window.location.hash);
    return found ? found[1].split(",") : [];
  }

  function all(selector) { return [].slice.call(document.querySelectorAll(selector)); }

  function showList() {
    all("input[name=id][form=pick]").forEach(function (box) {
      box.checked = list.indexOf(box.value) >= 0;
      box.disabled = !box.checked && list.length >= MOST;
    });
    var count = document.getElementById("picked");
    if (!count) return;
    count.textContent = list.length ? "(" + list.length + ")" : "";
    document.getElementById("where-kept").hidden = !list.length;
    document.getElementById("only-here").checked = !inAddress;
  }

  function keepList() {
    var mark = inAddress && list.length ? "#list=" + list.join(",") : window.location.pathname;
    window.history.replaceState(window.history.state, "", mark);
  }

  function withList(address) {
    var bare = address.split("#list=")[0];
    if (!inAddress || !list.length || bare.indexOf("#") >= 0) return bare;
    keepList(); // for who comes back
    return bare + "#list=" + list.join(",");
  }

  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.id === "only-here") inAddress = !box.checked;
    else if (box.name === "id" && box.getAttribute("form") === "pick") {
      if (!list.length) box.closest(".mine, .pick").after(document.getElementById("where-kept")); // read where it is ticked
      list = list.filter(function (id) { return id !== box.value; }).concat(box.checked ? [box.value] : []);
    } else return;
    if (!inAddress) keepList(); // else not before the page is left, so that there is time to say no
    showList();
  });

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href^='/']");
    if (!link || link.hasAttribute("download")) return;
    if (packed.length && window.location.hash && link.closest(".tongues")) link.hash = packed.join(",");
    else link.href = withList(link.getAttribute("href"));
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var name = form.getAttribute("id"); // form.id is the field of that name
    if (name === "pick" && inAddress) {
      event.preventDefault();
      var ids = list.length ? list : form.elements.first.value.split(",");
      if (list.length) keepList();
      window.location.href = form.getAttribute("action") + "#" + ids.join(",");
    } else if (packed.length && form.className === "on-list") {
      event.preventDefault();
      load(form);
    } else if (name !== "pick") {
      form.action = withList(form.getAttribute("action"));
    }
  });

  // The list's own page: what stands after its "#" is sent in a form, and the answer shown in its place.

  var packed = [];

  function load(form) {
    var pairs = [].filter.call(form.elements, function (field) {
      return field.name && (field.checked || ["radio", "checkbox"].indexOf(field.type) < 0);
    }).map(function (field) { return encodeURIComponent(field.name) + "=" + encodeURIComponent(field.value); });
    var sent = { method: "POST", body: pairs.join("&"), headers: { "Content-Type": "application/x-www-form-urlencoded" } };
    window.fetch(form.getAttribute("action"), sent).then(function (answer) { return answer.text(); }).then(function (page) {
      var main = new window.DOMParser().parseFromString(page, "text/html").getElementById("main");
      document.getElementById("main").replaceWith(main);
      busy(false);
      showActs();
    }).catch(function () { busy(false); connection(); });
  }

  function unpack() {
    var form = document.getElementById("unpack");
    packed = form ? idsInAddress("#").slice(0, MOST + 1) : []; // one too many, so that the page says so
    if (!packed.length) return;
    form.elements.id.value = packed.join(",");
    if (!window.fetch) { form.submit(); return; }
    form.hidden = false;
    document.getElementById("packed").hidden = true;
    load(form);
  }

  function showActs() {
    var text = document.getElementById("as-text");
    if (!text) return;
    all("[data-act]").forEach(function (act) {
      act.hidden = act.getAttribute("data-act") === "share" && !window.navigator.share;
      if (act.tagName === "A") act.href = "sms:?&body=" + encodeURIComponent(text.value);
    });
    if (packed.length) sayWhereKept(window.location.hash ? "fixed" : "loose");
  }

  function sayWhereKept(where) {
    ["sealed", "fixed", "loose"].forEach(function (name) {
      all(".hint." + name).forEach(function (hint) { hint.hidden = name !== where; });
    });
  }

  var ACTS = {
    "print": function () { window.print(); },
    "copy": function (button) {
      document.getElementById("as-text").select();
      if (document.execCommand("copy")) button.textContent = button.getAttribute("data-done");
    },
    "share": function () {
      window.navigator.share({ text: document.getElementById("as-text").value }).catch(function () {});
    },
    "let-go": function () {
      window.history.replaceState(null, "", window.location.pathname);
      sayWhereKept("loose");
    }
  };

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button[data-act]");
    if (button) ACTS[button.getAttribute("data-act")](button);
  });

  window.addEventListener("pageshow", function () {
    if (!list.length) list = idsInAddress("#list=").slice(0, MOST);
    showList();
  });

  window.addEventListener("hashchange", function () {
    if (document.getElementById("unpack") || packed.length) window.location.reload();
  });

  document.addEventListener("DOMContentLoaded", function () {
    var here = document.getElementById("here");
    if (here) offerWhereIAm(here);
    unpack();
    showActs();
    connection();
    // On a wide screen there is room for the choices beside the results.
    if (window.matchMedia("(min-width: 62em)").matches) {
      [].forEach.call(document.querySelectorAll("details.narrow"), function (choices) { choices.open = true; });
    }
  });
}());
