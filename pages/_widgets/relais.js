// What the pages need in the browser: the language of the document, French in the place of Streamlit's own English, roles that
// hold, one entry of the history a page, so that Back goes back; and what leaves a page: pictures of charts, tables to paste,
// paper. Served as a file; run once for each document.
(() => {
  const page = window.parent, { document, history } = page
  if (page.relais) return
  page.relais = true
  document.documentElement.lang = "fr"
  // What Streamlit's tables write their numbers by: French, whatever language the browser speaks.
  Object.defineProperty(page.navigator, "languages", { get: () => ["fr"] })

  // A choice that a page writes in its address takes the place of the one before.
  const push = history.pushState.bind(history)
  history.pushState = (state, title, url) =>
    new URL(url ?? "", document.location).pathname === document.location.pathname
      ? history.replaceState(state, title, url)
      : push(state, title, url)

  const WORDS = {
    "Skip to main content": "Aller au contenu",
    "Main menu": "Menu",
    "Sidebar": "Menu et filtres",
    "Sidebar navigation": "Pages",
    "App pages": "Pages",
    "Collapse sidebar": "Replier le menu et les filtres",
    "Expand sidebar": "Ouvrir le menu et les filtres",
    "Open sidebar": "Ouvrir le menu et les filtres",
    "Close sidebar": "Fermer le menu et les filtres",
    "Choose an option": "Choisir",
    "Choose options": "Choisir",
    "No results": "Aucun résultat",
    "No results found": "Aucun résultat",
    "Selected values": "Choix",
    "Clear all": "Tout effacer",
    "Clear value": "Effacer",
    "Clear": "Effacer",
    "Open": "Ouvrir",
    "Close": "Fermer",
    "Select all": "Tout choisir",
    "Increment": "Augmenter",
    "Decrement": "Diminuer",
    "Press Enter to apply": "Entrée pour valider",
    "Search": "Rechercher",
    "Fullscreen": "Plein écran",
    "Close fullscreen": "Quitter le plein écran",
    "Show/hide columns": "Choisir les colonnes",
    "Download as CSV": "Télécharger (CSV)",
    "Previous Result": "Résultat précédent",
    "Next Result": "Résultat suivant",
    "Close Search": "Fermer la recherche",
    "Type to search": "Ce que vous cherchez",
    "Dataframe column menu": "Menu de la colonne",
    "Copy column name": "Copier le nom de la colonne",
    "Statistics": "Statistiques",
    "Values": "Valeurs",
    "Empty": "Vides",
    "Distinct": "Différentes",
    "Average": "Moyenne",
    "Average length": "Longueur moyenne",
    "Standard deviation": "Écart type",
    "Minimum": "Minimum",
    "25th percentile": "Premier quart",
    "Median": "Médiane",
    "75th percentile": "Trois quarts",
    "Maximum": "Maximum",
    "Minimum length": "Longueur minimale",
    "Maximum length": "Longueur maximale",
    "Sum": "Somme",
    "Automatic": "Automatique",
    "Localized": "À la française",
    "Plain": "Brut",
    "Compact": "Abrégé",
    "Dollar": "Dollar",
    "Euro": "Euro",
    "Yen": "Yen",
    "Percent": "Pour cent",
    "Scientific": "Scientifique",
    "Accounting": "Comptable",
    "Distance": "Durée jusqu’à maintenant",
    "Calendar": "Calendrier",
    "Duration": "Durée",
    "Sort ascending": "Trier par ordre croissant",
    "Sort descending": "Trier par ordre décroissant",
    "Format": "Format",
    "Autosize": "Ajuster la largeur",
    "Pin column": "Épingler la colonne",
    "Unpin column": "Libérer la colonne",
    "Hide column": "Masquer la colonne",
    "Add files": "Choisir un fichier",
    "Browse files": "Choisir un fichier",
    "Upload": "Choisir un fichier",
    "Drag and drop file here": "Ou déposez-le ici",
    "Page not found": "Cette page n’existe pas",
    "Connection error": "La connexion est interrompue",
    "Connecting": "Connexion",
    "Running...": "Calcul en cours",
    "Stop": "Arrêter",
    "Error": "Erreur",
    "Error:": "Erreur :",
    "Loading": "Chargement",
    "No data": "Rien à montrer",
    "Connection timed out.": "Relais ne répond pas.",
    "Network Error": "La connexion est interrompue",
    "Download failed": "Le téléchargement n’a pas abouti",
    "Only one file is allowed.": "Un seul fichier à la fois.",
    "Streamlit server is not responding. Are you connected to the internet?": "Relais ne répond pas. Est-il encore ouvert ?",
    "Copy to clipboard": "Copier",
    "file upload": "Choisir un fichier",
    "Link to heading": "Lien vers ce titre",
  }
  const FORMS = [
    [/^(?:Error: )?Number is outside the allowed range\. Please enter a value between (.+) and (.+)\.$/, "Entre $1 et $2"],
    [/^(?:Error: )?Number is below the allowed range\..*?(-?[\d.]+)\.$/, "Au moins $1"],
    [/^(?:Error: )?Number is above the allowed range\..*?(-?[\d.]+)\.$/, "Au plus $1"],
    [/^Connection failed with status (\d+).*$/, "Relais répond par une erreur ($1)"],
    [/^[a-z_]+ icon$/, ""],
    [/^Help for (.+)$/, "Aide : $1"],
    [/^(\d+) options? available\.?$/, "$1 choix possibles"],
    [/^Remove (.+)$/, "Retirer $1"],
    [/^Clear value (.*)$/, "Effacer $1"],
    [/^([\d\s.,]+) of ([\d\s.,]+) results?$/, "$1 sur $2 résultats"],
    [/^(\d[\d\s.,]*) results?$/, "$1 résultats"],
    [/^over (\d+) results?$/, "plus de $1 résultats"],
    [/^(.+) files are not allowed\.?$/, "Les fichiers $1 ne conviennent pas"],
    [/^File must be (.+) or smaller\.?$/, "Le fichier dépasse $1"],
    [/^(\d+)\s*MB per file.*$/, "$1 Mo au plus"],
    [/^The page that you have requested does not seem to exist\..*$/, "Choisissez une page dans le menu."],
  ]
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"]

  const french = (words) => {
    const bare = words.trim()
    if (Object.hasOwn(WORDS, bare)) return WORDS[bare]
    const form = FORMS.find(([pattern]) => pattern.test(bare))
    return form ? bare.replace(...form) : null
  }
  const translate = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const found = ours(node.parentElement) ? null : french(node.nodeValue)
      if (found !== null && found !== node.nodeValue) node.nodeValue = found
      return
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return
    for (const name of ATTRIBUTES) {
      const found = node.hasAttribute(name) ? french(node.getAttribute(name)) : null
      if (found !== null && found !== node.getAttribute(name)) node.setAttribute(name, found)
    }
    mend(node)
    node.childNodes.forEach(translate)
  }
  // Roles that a screen reader can make sense of where Streamlit's own say two things, and the keyboard to what scrolls.
  const mend = (element) => {
    if (element.matches("[data-testid=stSidebarNavItems], [data-testid=stSidebarNavItems] li")) element.role = "none"
    if (element.matches("[data-testid=stFileUploaderDropzone]")) element.role = "group"
    if (element.matches("[data-testid=stTable] > div")) element.tabIndex = 0 // it scrolls on a phone
  }
  // What Relais itself writes is French, or a word of the register; an icon is drawn by its English name.
  const ours = (element) => element?.closest("[data-testid=stMarkdown], [data-testid=stHtml], [data-testid=stIconMaterial], .stPlotlyChart")

  // A picture: the chart, drawn again on white, between its heading and its mark, with the font in it.
  const WIDE = 24, INK = "#0f1720"
  const svgElement = (name, attributes, text = "") => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    element.textContent = text
    return element
  }
  const lines = (words, font, width) => {
    const pen = document.createElement("canvas").getContext("2d")
    pen.font = font
    return words.split(" ").reduce((rows, word) => {
      const longer = `${rows.at(-1)} ${word}`.trim()
      return pen.measureText(longer).width <= width ? [...rows.slice(0, -1), longer] : [...rows, word]
    }, [""])
  }
  const asData = (blob) => new Promise((done) => {
    const reader = new FileReader()
    reader.onload = () => done(reader.result)
    reader.readAsDataURL(blob)
  })
  const fontFace = async (family) => {
    for (const sheet of document.styleSheets)
      for (const rule of sheet.cssRules)
        if (rule instanceof page.CSSFontFaceRule && rule.cssText.includes(`"${family}"`) && rule.style.fontStyle !== "italic") {
          const address = rule.cssText.match(/url\("(.+?)"\)/)[1]
          const file = await page.fetch(new URL(address, sheet.href ?? `${document.location.origin}/static/css/`))
          return rule.cssText.replace(address, await asData(await file.blob()))
        }
    return ""
  }
  const heading = (element) => {
    const before = [...document.querySelectorAll("main :is(h1, h2, h3)")]
      .filter((title) => title.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)
      .map((title) => title.textContent)
    return [...new Set([before[0], before.at(-1)])].join(" · ")
  }
  const picture = async (box, mark) => {
    const chart = box.querySelector(".js-plotly-plot"), family = "Source Sans"
    const { width, height } = chart._fullLayout
    const drawn = await page.Plotly.toImage({ data: chart.data, layout: chart.layout }, { format: "svg", width, height, imageDataOnly: true })
    const inner = new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement
    lighten(inner)
    const svg = svgElement("svg", { width, "font-family": `${family}, Arial, sans-serif`, fill: INK })
    const title = heading(box)
    svg.append(svgElement("title", {}, title), svgElement("desc", {}, box.querySelector("[aria-label]")?.ariaLabel ?? ""))
    svg.append(svgElement("style", {}, await fontFace(family)), svgElement("rect", { width: "100%", height: "100%", fill: "#fff" }))
    let top = 8
    const write = (words, size, weight) => {
      for (const row of lines(words, `${weight} ${size}px "${family}"`, width - WIDE))
        svg.append(svgElement("text", { x: WIDE / 2, y: (top += size * 1.3), "font-size": size, "font-weight": weight }, row))
      top += size / 2
    }
    write(title, 18, 600)
    inner.setAttribute("y", top)
    svg.append(inner)
    top += height
    write(mark, 13, 400)
    svg.setAttribute("height", Math.ceil(top))
    svg.setAttribute("viewBox", `0 0 ${width} ${Math.ceil(top)}`)
    return svg
  }
  // On white whatever the screen: words that follow the page's colour are dark, the grid is light.
  const lighten = (svg) => {
    svg.style.background = "none"
    for (const text of svg.querySelectorAll("text:not(.bartext-inside)")) text.style.fill = INK
    for (const line of svg.querySelectorAll(".gridlayer path, .zerolinelayer path")) line.style.stroke = "#d5dae0"
  }
  const asPng = async (svg) => {
    const image = new Image()
    image.src = await asData(new Blob([svg], { type: "image/svg+xml" }))
    await image.decode()
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * image.width, height: 2 * image.height })
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
    return new Promise((done) => canvas.toBlob(done, "image/png"))
  }
  const save = async (button) => {
    const { chart, mark } = button.parentElement.dataset, kind = button.dataset.picture
    const svg = new XMLSerializer().serializeToString(await picture(document.querySelector(`.st-key-${chart}`), mark))
    const blob = kind === "png" ? await asPng(svg) : new Blob([svg], { type: "image/svg+xml" })
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `interne-${chart}.${kind}` })
    link.click()
    URL.revokeObjectURL(link.href)
  }

  // A table to paste: the HTML that the ticket gives, and its cells as plain text, for what takes no HTML.
  const copy = async (link) => {
    const answer = await page.fetch(link.href), html = await answer.text()
    const plain = (cell) => cell.textContent.replace(/(?<=\d)\u202f(?=[\d%])/g, "")
    const rows = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("tr")]
    const text = rows.map((row) => [...row.cells].map(plain).join("\t")).join("\n")
    const put = (event) => {
      event.clipboardData.setData("text/html", html)
      event.clipboardData.setData("text/plain", text)
      event.preventDefault()
    }
    // A browser lets copy for some seconds after a click: what comes later asks for another.
    const tell = (name, words) => Object.assign(document.createElement(name), { role: name === "p" ? "status" : null, textContent: words })
    const attempt = (shown) => {
      document.addEventListener("copy", put, { once: true, capture: true })
      const done = document.execCommand("copy")
      document.removeEventListener("copy", put, { capture: true })
      const next = done ? tell("p", "Copié.") : tell("button", "Le tableau est prêt : copier")
      next.addEventListener("click", () => done || attempt(next))
      shown.replaceWith(next)
    }
    if (answer.ok) attempt(link)
    else link.replaceWith(tell("p", html))
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-picture]"), link = event.target.closest("a[data-copy]")
    if (button) save(button)
    if (link) {
      event.preventDefault()
      copy(link)
    }
  })

  // Paper: Ctrl+P asks for the page with its tables open, as the button of the menu does; once it is all there, it is printed at the
  // width of the sheet, and goes back to what it was.
  const turn = () => document.querySelector(".st-key-print button")
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || !turn()) return
    if (document.querySelector("[data-print]")) return
    event.preventDefault()
    turn().click()
  })
  const isReady = () =>
    document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning" &&
    !document.querySelector("[data-testid=stSkeleton]") &&
    [...document.querySelectorAll(".stPlotlyChart")].every((chart) => chart.querySelector(".main-svg"))
  let waiting = false
  const printOnceReady = () => {
    const asked = document.querySelector("[data-print=true]")
    if (waiting || !asked) return
    waiting = setInterval(() => {
      if (!isReady()) return
      clearInterval(waiting)
      waiting = false
      asked.dataset.print = "done"
      page.print()
    }, 300)
  }
  const SHEET = 700
  const resized = new Map(), opened = []
  page.addEventListener("beforeprint", () => {
    opened.push(...document.querySelectorAll("main details:not([open]):has(table)"))
    for (const folded of opened) folded.open = true
    for (const chart of document.querySelectorAll(".js-plotly-plot")) {
      resized.set(chart, chart._fullLayout.width)
      page.Plotly.relayout(chart, { width: SHEET })
    }
  })
  page.addEventListener("afterprint", () => {
    for (const [chart, width] of resized) page.Plotly.relayout(chart, { width })
    resized.clear()
    for (const folded of opened.splice(0)) folded.open = false
    if (document.querySelector("[data-print]")) turn()?.click()
  })

  translate(document.body)
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(translate)
      else translate(target)
    }
    printOnceReady()
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES })
})()
