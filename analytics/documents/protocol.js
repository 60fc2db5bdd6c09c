// What the protocol gains where scripts run: the choice of the situation, the search, and ticks that stay on the device.
// Without it everything stands, in order. It knows nothing of the pupil and sends nothing.
(() => {
  const root = document.querySelector(".relais-protocol")
  const all = selector => [...root.querySelectorAll(selector)]
  const form = root.querySelector("form")
  const show = (element, shown) => { element.hidden = !shown }
  const tokens = text => (text || "").split(" ").filter(Boolean)

  // What is known of the situation: true, false, or null where it was not said. What was not said hides nothing.
  const situation = () => {
    const facts = all("[name=faits]:checked")
    const means = flag => facts.some(fact => tokens(fact.dataset.means).includes(flag))
    const answer = name => form.elements[name].value ? form.elements[name].value === "oui" : null
    const minor = answer("mineur")
    const known = {
      minor,
      adult: minor === null ? null : !minor,
      images: means("images") || answer("circulent"),
      threat: means("threat") || answer("menace"),
    }
    return condition => condition in known ? known[condition]
      : facts.length ? facts.some(fact => fact.value === condition) : null
  }

  const plain = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\s/g, " ").toLowerCase()

  const adapt = () => {
    const holds = situation()
    const some = (list, value) => tokens(list).some(condition => holds(condition) === value)
    const applies = ({ if: only, unless }) =>
      !some(unless, true) && (!only || tokens(only).some(condition => holds(condition) !== false))
    all("[data-words]:not(option)").forEach(entry => show(entry, applies(entry.dataset)))
    all(".pressing li").forEach(entry => show(entry, some(entry.dataset.when, true) && applies(entry.dataset)))
    all(".reasons").forEach(group => {
      const reasons = [...group.children]
      const right = reasons.find(reason => some(reason.dataset.when, true)) || reasons[reasons.length - 1]
      reasons.forEach(reason => show(reason, reason === right))
    })
    all(".pressing").forEach(box => show(box, box.querySelector("li:not([hidden])")))

    const zone = form.elements.zone.value
    all("[data-zone]").forEach(number => show(number, !zone || number.dataset.zone === zone))
    show(root.querySelector("[data-other-zone]"), zone === "autre")

    const query = plain(form.elements.mot.value).split(" ").filter(Boolean)
    const entries = all(".step, .guides > [data-words], section > .added[data-words], .contacts > li")
    entries.forEach(entry => {
      const words = [entry, ...entry.querySelectorAll("[data-words]")].map(each => each.dataset.words || "").join(" ")
      const text = ` ${plain(`${entry.textContent} ${words}`)} ${entry.textContent.replace(/\D/g, "")}`
      entry.classList.toggle("miss", !query.every(word => text.includes(word)))
    })
    show(root.querySelector("[data-nothing]"), query.length && entries.every(entry => entry.matches(".miss, [hidden]")))

    const chosen = all("[name=faits]:checked").map(fact => fact.parentNode.textContent.trim())
      .concat(all("option:checked[value]:not([value=''])").map(option => option.dataset.words || option.textContent))
    const line = root.querySelector(".chosen")
    line.textContent = `Situation choisie\u202f: ${chosen.join(" · ")}.`
    show(line, chosen.length)
  }

  // The choice goes into the address, so that a link shows what its sender saw; a saved file may refuse that.
  const remember = () => {
    const said = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && name !== "mot"))
    try { history.replaceState(history.state, "", `${location.pathname}${String(said) && `?${said}`}${location.hash}`) } catch (refused) {}
  }
  new URLSearchParams(location.search).forEach((value, name) => {
    const field = form.elements[name]
    if (field && field.tagName === "SELECT") field.value = value
    else all("[name=faits]").filter(fact => name === "faits" && fact.value === value).forEach(fact => { fact.checked = true })
  })
  form.addEventListener("input", () => { adapt(); remember() })
  form.addEventListener("reset", () => setTimeout(() => { adapt(); remember() }))
  form.addEventListener("submit", event => event.preventDefault())

  // Ticks: the code of a step and its hour, on this device, until they are cleared.
  const key = "relais-protocole"
  let hours = {}
  try { hours = JSON.parse(localStorage.getItem(key)) || {} } catch (refused) {}
  const boxes = all("[data-step]")
  const draw = () => boxes.forEach(box => {
    const hour = hours[box.dataset.step]
    box.checked = Boolean(hour)
    box.closest(".step").classList.toggle("ticked", box.checked)
    box.parentNode.querySelector(".hour").textContent = hour ? `à ${hour}` : ""
  })
  const keep = () => { try { localStorage.setItem(key, JSON.stringify(hours)) } catch (refused) {} draw() }
  boxes.forEach(box => box.addEventListener("change", () => {
    const now = new Date()
    if (box.checked) hours[box.dataset.step] = `${now.getHours()}\u202fh\u202f${String(now.getMinutes()).padStart(2, "0")}`
    else delete hours[box.dataset.step]
    keep()
  }))
  root.querySelector(".clear").addEventListener("click", () => { hours = {}; keep() })

  // On paper nothing stays folded.
  addEventListener("beforeprint", () => all("details:not([open])").forEach(fold => { fold.dataset.folded = ""; fold.open = true }))
  addEventListener("afterprint", () => all("[data-folded]").forEach(fold => { delete fold.dataset.folded; fold.open = false }))

  all("[data-script], .choice").forEach(element => show(element, true))
  adapt()
  draw()
  // What is drawn above a step that the address names pushes it away: it is held in sight until the reader moves.
  const name = decodeURIComponent(location.hash.slice(1))
  const held = name && setInterval(() => document.getElementById(name)?.scrollIntoView(), 100)
  const release = () => clearInterval(held)
  ;["wheel", "touchstart", "pointerdown", "keydown"].forEach(act => addEventListener(act, release, { capture: true, once: true }))
  setTimeout(release, 5000)
})()
