// What makes the web page quicker to use. Every page is whole without it: a menu is a <details>, a dialog is a page, a
// search is a form, a time is in UTC. Nothing here knows a rule; it asks the server as the page itself would.
//
//   data-copy      a button that copies the text beside it (templates/parts/copy.html)
//   data-dialog    a link or button whose page is shown in a dialog (parts/button.html, parts/menu.html)
//   data-close     what leaves a dialog; on a page of its own, an ordinary link or button
//   data-secret    what is shown one time; its value is where Close leads (parts/secret.html)
//   data-all       a checkbox for all of the list, data-count the number of those chosen (parts/table.html)
//   data-said      what is read aloud when the list has been replaced
//   data-busy      the words of a button while its form is under way
//   data-days      a button that fills in an instant, so many days from now (parts/field.html)
//   data-scripted  what is of no use without a script, and hidden until it runs
"use strict";
(() => {
  // Where the policy of the page asks for it, a text becomes elements here and nowhere else; a script, or the address of
  // one, it never becomes.
  window.trustedTypes?.createPolicy("default", { createHTML: (text) => text });

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");

  // ---- saying something to those who do not see it

  const said = document.createElement("p");
  said.className = "hidden";
  said.setAttribute("role", "status");
  // In a modal dialog nothing outside of it is read.
  const say = (text) => {
    (document.querySelector("dialog[open]") ?? document.body).append(said);
    said.textContent = "";
    requestAnimationFrame(() => { said.textContent = text; });
  };

  // A notice at the top of a place; what was there of this kind goes.
  const tell = (place, text) => {
    all(":scope > .notice.told", place).forEach((old) => old.remove());
    const notice = document.createElement("div");
    notice.className = "notice bad told";
    notice.setAttribute("role", "alert");
    place.prepend(notice);
    notice.append(document.createElement("p"));
    notice.firstChild.textContent = text;
    notice.scrollIntoView({ block: "nearest" });
  };

  // ---- times in the reader's zone

  const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
  const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
  const zone = day.resolvedOptions().timeZone;
  // A line may break between the two, and nowhere else.
  const local = (instant) =>
    [day, hour].map((part) => part.format(instant).replaceAll(" ", "\u00a0")).join(", ");

  const localTimes = (within) => all("time[datetime]:not([title])", within).forEach((time) => {
    const instant = new Date(time.dateTime);
    if (Number.isNaN(instant.getTime())) return;
    time.title = time.textContent.trim();
    time.textContent = local(instant);
  });

  // What is typed in UTC is told in the reader's zone beside it.
  const typedTimes = (within) => all("input[type=datetime-local]", within).forEach((input) => {
    const hint = document.getElementById(`${input.id}-local`);
    if (!hint || input.dataset.told) return;
    input.dataset.told = "yes";
    const show = () => {
      const instant = new Date(`${input.value}Z`);
      hint.textContent = Number.isNaN(instant.getTime()) ? "" : `${local(instant)} in ${zone}`;
    };
    input.addEventListener("input", show);
    show();
    all(`button[data-days][data-for="${CSS.escape(input.id)}"]`, within).forEach((button) => {
      button.addEventListener("click", () => {
        const days = Number(button.dataset.days);
        input.value = days ? new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16) : "";
        show();
        say(hint.textContent || button.textContent);
      });
    });
  });

  // ---- copying

  const copied = async (text, source) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Without TLS there is no clipboard for scripts; what is selected can be copied nevertheless.
      getSelection().selectAllChildren(source);
      return document.execCommand("copy");
    }
  };

  const copy = async (button) => {
    const source = button.closest(".copy")?.querySelector("code");
    if (!source) return;
    const done = await copied(source.textContent, source);
    say(done ? "Copied" : "Selected: copy it with your keyboard");
    if (!done) return;
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 2_000);
  };

  // ---- menus: a <details>, with the keys of a menu

  const items = (menu) => all("a[href], button:not([disabled])", menu.querySelector(".items"));
  const closeMenu = (menu, refocus) => {
    menu.open = false;
    if (refocus) menu.querySelector("summary").focus();
  };

  const keyInMenu = (event, menu) => {
    const list = items(menu);
    const at = list.indexOf(document.activeElement);
    const go = {
      ArrowDown: () => list[(at + 1) % list.length],
      ArrowUp: () => list[at > 0 ? at - 1 : list.length - 1],
      Home: () => menu.open && list[0],
      End: () => menu.open && list[list.length - 1],
    };
    if (event.key === "Escape" && menu.open) {
      event.preventDefault();
      closeMenu(menu, true);
    } else if (go[event.key] && go[event.key]()) {
      event.preventDefault();
      menu.open = true;
      go[event.key]().focus();
    }
  };

  const closeOtherMenus = (target) => all("details.menu[open]")
    .filter((menu) => !menu.contains(target))
    .forEach((menu) => closeMenu(menu, false));

  // ---- lists: choose all, how many are chosen

  const boxes = (form) => all(`input[type=checkbox][name][form="${CSS.escape(form)}"]`);
  const count = (form) => {
    const those = boxes(form);
    const chosen = those.filter((box) => box.checked).length;
    all(`[data-count="${CSS.escape(form)}"]`).forEach((place) => { place.textContent = `${chosen} selected`; });
    all(`input[data-all="${CSS.escape(form)}"]`).forEach((box) => {
      box.checked = chosen > 0 && chosen === those.length;
      box.indeterminate = chosen > 0 && chosen < those.length;
    });
  };

  // ---- forms are sent once

  const busy = (form, button) => {
    form.dataset.sent = "yes";
    if (!button) return;
    button.dataset.words = button.textContent;
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  };

  const ready = () => {
    all("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    all("[data-words]").forEach((button) => {
      if (button.dataset.busy) button.textContent = button.dataset.words;
      delete button.dataset.words;
      button.removeAttribute("aria-disabled");
    });
  };

  // ---- what is shown one time

  const forget = (box) => {
    const leave = box.dataset.secret;
    box.replaceChildren();
    box.removeAttribute("data-secret");
    return leave;
  };

  // Told to the server first, so that it answers the form that made the key with the secret no more; left in any case.
  const closeSecret = async (box, form) => {
    const body = new URLSearchParams(new FormData(form));
    let leave = forget(box);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html, */*" } });
      if (answer.redirected) leave = answer.url;
    } finally {
      location.replace(leave);
    }
  };

  // ---- dialogs

  let opener = null;

  const makeDialog = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.addEventListener("cancel", (event) => {
      if (dialog.querySelector("[data-secret]")) event.preventDefault();
    });
    dialog.addEventListener("close", () => {
      // A browser closes a dialog for whoever insists; what is shown one time stays until Close.
      if (dialog.querySelector("[data-secret]")) {
        dialog.showModal();
        return;
      }
      dialog.remove();
      opener?.focus();
    });
    document.body.append(dialog);
    return dialog;
  };

  // Shows the content of a page in the dialog.
  const fill = (dialog, main) => {
    dialog.replaceChildren(...main.childNodes);
    dialog.classList.toggle("wide", Boolean(dialog.querySelector("[data-secret], table")));
    dialog.setAttribute("closedby", dialog.querySelector("[data-secret]") ? "none" : "closerequest");
    const heading = dialog.querySelector("h1, h2");
    if (heading) {
      heading.id ||= "dialog-title";
      dialog.setAttribute("aria-labelledby", heading.id);
    }
    enhance(dialog);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    const first = dialog.querySelector("[aria-invalid=true], [autofocus]")
      ?? dialog.querySelector("input:not([type=hidden]):not([readonly]), textarea, select")
      ?? dialog.querySelector("h1, h2");
    if (first?.matches("h1, h2")) first.tabIndex = -1;
    first?.focus();
  };

  // Goes to a page that has been fetched already: it may say what was done, which it says once.
  const land = (address, page) => {
    if (address !== location.href) {
      history.replaceState({ htmx: true }, "");
      history.pushState({ htmx: true }, "", address);
    }
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    window.htmx?.process(document.body);
    enhance(document.body);
    document.querySelector("main")?.focus({ preventScroll: true });
    say(document.querySelector("main .notice")?.textContent.trim() ?? page.title);
  };

  // What the answer to a dialog's request means. `again` does the same without a script.
  const answered = async (dialog, answer, again) => {
    if (answer.redirected && new URL(answer.url).pathname === "/login") {
      again();
      return;
    }
    const page = parse(await answer.text());
    const main = page.querySelector("main");
    if (answer.redirected && main) {
      land(answer.url, page);
    } else if (main && (answer.ok || main.querySelector("form")) && answer.status < 500) {
      fill(dialog, main);
    } else {
      const why = main?.querySelector("[role=alert], .problem")?.textContent.trim();
      tell(dialog, why || `It did not work: the server answered ${answer.status}. Nothing you typed is lost; try again.`);
    }
  };

  const ask = async (dialog, address, options, again) => {
    try {
      await answered(dialog, await fetch(address, { headers: { Accept: "text/html, */*" }, ...options }), again);
    } catch {
      if (dialog.open) {
        tell(dialog, "The server could not be reached. Nothing you typed is lost; try again.");
      } else {
        again();
      }
    } finally {
      ready();
      if (!dialog.open) dialog.remove();
    }
  };

  const openPage = (link) => {
    const dialog = link.closest("dialog.dialog");
    if (!dialog) opener = link.closest("details.menu")?.querySelector("summary") ?? link;
    ask(dialog ?? makeDialog(), link.href, {}, () => location.assign(link.href));
  };

  const sendForm = (dialog, form, button) => {
    const address = new URL(button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
    const body = new URLSearchParams(new FormData(form, button));
    // Sent by the browser itself: without a session nothing has been done, and the server keeps what was typed.
    const again = () => {
      form.dataset.sent = "again";
      form.requestSubmit(button);
    };
    if (form.method === "get") {
      address.search = body;
      ask(dialog, address, {}, () => location.assign(address));
    } else {
      ask(dialog, address, { method: "POST", body }, again);
    }
  };

  const submitted = (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.matches("[hx-get]") || event.defaultPrevented) return;
    if (form.dataset.sent === "again") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    const secret = form.closest("[data-secret]");
    const dialog = form.closest("dialog.dialog");
    if (secret) {
      event.preventDefault();
      closeSecret(secret, form);
    } else if (dialog || button?.hasAttribute("data-dialog")) {
      event.preventDefault();
      if (!dialog) opener = button;
      const place = dialog ?? makeDialog();
      sendForm(place, form, button);
      busy(form, button);
    } else if (form.method === "post") {
      busy(form, button);
    }
  };

  // ---- everything that is heard

  document.addEventListener("click", (event) => {
    const target = event.target.closest("a, button, summary") ?? event.target;
    closeOtherMenus(target);
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (target.matches("[aria-disabled=true]")) {
      event.preventDefault();
    } else if (target.matches("[data-copy]")) {
      copy(target);
    } else if (target.matches("[data-close]") && target.closest("dialog.dialog")) {
      event.preventDefault();
      target.closest("dialog.dialog").close();
    } else if (target.matches("a[data-dialog]") && plain) {
      event.preventDefault();
      openPage(target);
    }
    const menu = target.closest(".items")?.closest("details.menu");
    if (menu) closeMenu(menu, false);
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details.menu");
    if (menu) keyInMenu(event, menu);
    if (event.key === "Escape" && document.querySelector("dialog[open] [data-secret]")) event.preventDefault();
  });

  document.addEventListener("focusin", (event) => closeOtherMenus(event.target));
  document.addEventListener("submit", submitted);
  document.addEventListener("change", (event) => {
    const form = event.target.dataset.all;
    if (form) boxes(form).forEach((box) => { box.checked = event.target.checked; });
    const own = form ?? event.target.getAttribute("form");
    if (own) count(own);
  });

  // What htmx puts into a page; what it could not.
  document.addEventListener("htmx:load", (event) => enhance(event.target));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    const elsewhere = new URL(xhr.responseURL || location.href);
    if (elsewhere.pathname === new URL(pathInfo.requestPath, location.href).pathname) return;
    event.detail.shouldSwap = false;
    location.assign(elsewhere);
  });
  document.addEventListener("htmx:afterSettle", () => {
    const text = document.querySelector("[data-said]")?.textContent.trim();
    if (text) say(text);
  });
  const unreachable = (event) => {
    const status = event.detail.xhr?.status;
    const why = status ? `the server answered ${status}` : "the server could not be reached";
    tell(document.querySelector("main"), `The list is not up to date: ${why}. Try again.`);
  };
  document.addEventListener("htmx:sendError", unreachable);
  document.addEventListener("htmx:responseError", unreachable);

  // Whoever comes back finds neither a secret nor a button that cannot be pressed.
  window.addEventListener("pagehide", () => all("[data-secret]").forEach((box) => {
    document.documentElement.dataset.left = forget(box);
  }));
  window.addEventListener("pageshow", (event) => {
    ready();
    const { left } = document.documentElement.dataset;
    if (event.persisted && left) location.replace(left);
    all("input[data-all]").forEach((box) => count(box.dataset.all));
  });

  const enhance = (within) => {
    localTimes(within);
    typedTimes(within);
    all("[data-copy][hidden], [data-all][hidden], [data-scripted][hidden]", within)
      .forEach((element) => { element.hidden = false; });
  };

  const [navigation] = performance.getEntriesByType("navigation");
  const secret = document.querySelector("[data-secret]");
  if (secret && navigation?.type === "back_forward") {
    location.replace(forget(secret));
  }
  enhance(document.body);
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
})();
