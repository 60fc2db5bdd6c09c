// What the pages need in the browser: the language of the document, French in the place of Streamlit's own English, roles that
// hold, and one entry of the history a page, so that Back goes back. Served as a file; run once for each document.
(() => {
  const page = window.parent, { document, history } = page
  if (page.relais) return
  page.relais = true
  document.documentElement.lang = "fr"

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

  translate(document.body)
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(translate)
      else translate(target)
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES })
})()
