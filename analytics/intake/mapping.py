"""The columns that Relais reads, and a service's own names for them.

A field is known by its name and synonyms, by beginnings of words (``stems``), and by what its cells hold (``kind``);
:mod:`analytics.intake.layout` weighs them. A mapping file adds a service's own headers, words, schools and answers once and
for all::

    [columns]
    "Réf." = "case_number"
    "Parents" = "ignored"

    [words.incident_types]
    "chahut" = "other"

    [schools]
    "ITN Mons" = "3004"

    [answers]
    date_order = "day_first"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import tomli_w

from analytics.domain import vocabulary
from analytics.domain.vocabulary import INCIDENT_TYPES, STEPS, Step, Vocabulary, normalise, word_key
from analytics.spreadsheets.reading import RefusedFileError

IGNORED = "ignored"  # what a mapping file says of a column that is not to be read
MAX_MAPPING_BYTES = 64_000
MAX_NESTING = 4


@dataclass(frozen=True, eq=False)
class Field:
    """A column that Relais reads.

    ``becomes`` says in French what is kept of it; ``terms`` is its vocabulary; ``kind`` is what its cells hold: ``number``,
    ``school``, ``class``, ``words`` (of its terms), ``date``, ``step`` (a date or a word), ``flag`` (yes or no), ``status``,
    ``action``, ``steps`` (several in one text).
    ``weak`` are headers that may mean other things too; ``beside`` are words that change nothing beside a stem.
    """

    code: str
    header: str
    becomes: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    terms: Vocabulary | None = None
    step: str | None = None
    kind: str = "any"
    weak: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def listed(words: str) -> tuple[str, ...]:
    """Words that are written « one | another »."""
    return tuple(words.split(" | "))


# Above the headers of a file of corrected rows: it holds a part of the register, so what it lacks is not missing.
CORRECTIONS_TITLE = "Lignes à corriger (ce fichier contient des noms : supprimez-le une fois importé)"

_CALLED = listed(
    "vu | vus | vue | convoc | convoque | recu | entretien | contact | contacte | contacter | appel | appele | appeler | "
    "prevenu | prevenir | averti | avertir | informe | informer | information | alerte | alerter | avise | aviser | "
    "avis | saisi | saisine | consulte | sollicite | solliciter | interpelle | associe | implique | transmis | "
    "prise | signale | relais | service | centre | scolaire | zone | local | eleve | victime | concerne | suivi | "
    "intervention | premier | 1er | rencontre | joint | fait | demarche | action | activation | active | realise | "
    "effectue | organise | seance | animation | "
    "atelier | garde | referent | rv | rdv | rendez | reunion | tel | telephone | mail | courrier | "
    "school"
)


def _step_names(step: Step) -> tuple[str, ...]:
    words = (step.header.removesuffix(" le"), step.label, *step.synonyms)
    return tuple(f"{before}{word}" for word in words for before in ("", "date "))


REGISTER: tuple[Field, ...] = (
    Field(
        "case_number",
        "N° dossier",
        "remplacé par un pseudonyme",
        listed(
            "numéro de dossier | n de dossier | no dossier | nr dossier | num dossier | dossier n | dossier | "
            "réf dossier | référence du dossier | id dossier | identifiant du dossier | code dossier | réf | "
            "référence | n situation | numéro de situation | n cas | numéro du cas | n fiche | numéro de fiche | "
            "n de suivi | case number | case no | case id"
        ),
        required=True,
        kind="number",
        weak=listed(
            "numéro | n | no | nr | num | id | identifiant | code | cas | fiche | n ordre | numéro d’ordre | "
            "situation | matricule du dossier | n signalement | numéro du signalement | ticket | n interne"
        ),
        stems=listed(
            "numero dossier | reference dossier | identifiant dossier | numero cas | reference | numero situation"
        ),
        beside=listed("intern | service | mediation | unique | anonyme"),
    ),
    Field(
        "school",
        "École",
        "gardé : le code de l’école",
        listed(
            "établissement | établissement scolaire | nom de l’école | nom de l’établissement | code école | "
            "code de l’école | école de l’élève | école code ou nom | ets | étab | établ | étabt | éts | "
            "institution | FASE | n FASE | numéro FASE | code FASE | implantation | école fréquentée | "
            "école concernée | school | school name"
        ),
        required=True,
        kind="school",
        weak=listed("lieu | institut | site | structure | nom ets | nom étab"),
        stems=listed("ecole | etab | ets | fase | institution | implantation | lieu scolaire"),
        beside=listed("nom | code | frequent | concern | eleve | victime | scolair | implantation | signale | jeune"),
    ),
    Field(
        "year",
        "Année d’études",
        "réduit au niveau",
        listed(
            "année d’étude | classe | année d’études de l’élève | classe de l’élève | classe de la victime | "
            "année d’étude de l’élève | cl | class | grade | année classe | classe année"
        ),
        kind="class",
        weak=listed("année | section | groupe classe | niveau d’études | niveau scolaire"),
        stems=listed("classe | annee etude | annee eleve | annee scolarite"),
        beside=listed("eleve | victime | concern | frequent | jeune | suivi | etude | annee | actuel | section"),
    ),
    Field(
        "level",
        "Niveau",
        "gardé",
        ("degré", "niveau de l’élève", "niveau d’enseignement"),
        terms=vocabulary.SCHOOL_LEVELS,
        kind="class",
        stems=("niveau", "degre"),
        beside=listed("eleve | victime | enseignement | scolair | etude | concern"),
    ),
    Field(
        "facts_on",
        "Faits survenus le",
        "réduit au nombre de jours jusqu’au signalement",
        listed(
            "date des faits | date du fait | faits du | date de l’incident | jour des faits | survenu le | "
            "survenus le | date de survenue | date de survenance | date des incidents | incident du"
        ),
        kind="date",
        stems=listed("fait survenu | fait date | incident date | fait eu lieu | fait passe"),
        beside=listed("premier | dernier | commis | lieu"),
    ),
    Field(
        "reported",
        "Signalé le",
        "réduit à la semaine, une fois les délais calculés",
        listed(
            "date du signalement | date et heure du signalement | signalement | signalement le | "
            "signalement reçu le | reçu le | date de réception | date d’ouverture | ouvert le | ouverture | "
            "ouverture du dossier | date de la demande | demande reçue le | date d’interpellation | interpellation | "
            "date de saisine | date de prise de connaissance | connu le | date d’alerte | alerte le | "
            "date d’entrée | entré le | date du premier contact | premier contact | 1er contact | "
            "date d’introduction | introduit le | jour du signalement | date sign | date d’appel | date de l’appel | "
            "report date | reported on | date reported | dossier ouvert le | date d’ouverture du dossier | "
            "rapporté le"
        ),
        required=True,
        kind="date",
        weak=listed(
            "date | le | jour | quand | date et heure | demande | entrée | arrivée | réception | début | créé le | "
            "date de création | date du dossier | date de la situation"
        ),
        stems=listed(
            "signale | signalement | reception | ouverture | interpel | averti | inform | prevenu | connaissance | "
            "courant | debut | prise charge"
        ),
        beside=listed(
            "signalement | signale | recu | demande | dossier | fait | service | situation | reception | ete | suivi | "
            "mis | pris | eu | prise | charge | laquel | mediation"
        ),
    ),
    Field(
        "reporter",
        "Signalé par",
        "gardé",
        listed(
            "auteur du signalement | qui signale | signalement par | signalement fait par | origine du signalement | "
            "signalant | déclarant | demandeur | rapporté par | source du signalement | qui a signalé | appelant | "
            "reported by | provenance | qui a signalé les faits | par qui | personne qui signale"
        ),
        terms=vocabulary.REPORTERS,
        kind="words",
        weak=listed("source | origine | qui | de qui | émetteur | informateur | demande de | signaleur"),
        stems=listed("signale | signalement | declarant | demandeur"),
        beside=listed("qui | auteur | fait | origine | source | personne | provenance | fonction | qualite | par"),
    ),
    Field(
        "incidents",
        "Faits",
        "gardé",
        listed(
            "faits signalés | types d’incident | nature des faits | types de faits | incidents | faits constatés | "
            "type d’incident | catégorie de faits | nature de l’incident | types de violence | "
            "forme de harcèlement | type de harcèlement | type de cyberharcèlement | nature du cyberharcèlement | "
            "type de situation | nature de la situation | faits reprochés | problématique | incident type | "
            "type of incident | que s’est il passé | de quoi s’agit il"
        ),
        required=True,
        terms=INCIDENT_TYPES,
        kind="words",
        weak=listed("type | nature | motif | objet | problème | catégorie | description | forme | situation | thème"),
        stems=listed("fait | incident | problematique | harcelement | cyber | passe | violence | signalement | objet"),
        beside=listed(
            "type | nature | categorie | description | signale | constate | quoi | agit | forme | situation | principal"
        ),
    ),
    Field(
        "channel",
        "Canal",
        "gardé",
        listed(
            "canaux | channel | platform | canal utilisé | moyen | support | plateforme | application | appli | "
            "réseau social | réseaux sociaux | moyen utilisé | outil numérique | application utilisée | "
            "plateforme utilisée | app | moyen de communication | média | réseau utilisé | canal de diffusion | "
            "où en ligne"
        ),
        terms=vocabulary.CHANNELS,
        kind="words",
        weak=listed("via | où | réseau | outil | lieu | lieu des faits | sur quoi | réseaux"),
        stems=listed("canal | plateforme | application | reseau social | reseaux sociaux | support | moyen"),
        beside=listed("utilise | numerique | concern | fait | diffusion | ligne | communication | passe | lieu | ou"),
    ),
    Field(
        "minor",
        "Mineur",
        "gardé",
        listed("élève mineur | mineur d’âge | mineur oui non | mineur o n | mineur majeur | minorité"),
        terms=vocabulary.MINORS,
        kind="words",
        stems=("mineur",),
        beside=listed("eleve | victime | age | jeune | majeur"),
    ),
    *(
        Field(
            f"step:{step.code}",
            step.header,
            "réduit à deux délais",
            _step_names(step),
            terms=vocabulary.OUTCOMES,
            step=step.code,
            kind="step",
            stems=step.stems,
            beside=_CALLED,
        )
        for step in STEPS.values()
    ),
    Field(
        "closed",
        "Clôturé le",
        "réduit à l’état du dossier et à la durée du suivi",
        listed(
            "clôturé | closed on | closing date | date closed | date de clôture | clôture | clôture le | clos le | "
            "clos | dossier clôturé le | fermé le | fin | date de fin | fin de suivi | date de fin de suivi | "
            "fermeture | date de fermeture | terminé le | fin de prise en charge | dossier clos le | "
            "date de clôture du dossier | archivé le | fin du suivi | clôture du dossier | fin du dossier | "
            "date de sortie | date de fin de prise en charge"
        ),
        kind="date",
        weak=listed("terminé | fermé | fini | sortie | classement | fin le"),
        stems=listed("clotur | ferm | fin | termin | archiv | clos"),
        beside=listed(
            "dossier | suivi | situation | prise | charge | fin | accompagnement | mediation | intervention | cas"
        ),
    ),
)

# What is read too where a register has it, and the template does not ask for.
ALSO_READ: tuple[Field, ...] = (
    Field(
        "status",
        "Statut",
        "réduit à l’état du dossier",
        listed("état | status | statut du dossier | état du dossier | état d’avancement | avancement | statut actuel"),
        terms=vocabulary.STATUSES,
        kind="status",
        weak=listed("situation | suivi | phase | dossier"),
        stems=("statut", "etat"),
        beside=listed("dossier | situation | suivi | actuel | cas"),
    ),
    *(
        Field(
            f"incident:{term.code}",
            term.label,
            "gardé",
            (term.label, term.code, *term.synonyms),
            terms=vocabulary.MINORS,
            kind="flag",
            stems=term.stems,
        )
        for term in INCIDENT_TYPES.values()
    ),
    Field(
        "action",
        "Action",
        "réduit à deux délais",
        listed("étape | démarche | type d’action | nature de l’action | intervention | type d’intervention | relais"),
        kind="action",
        weak=listed("quoi | type | contact | suivi | acte | événement | objet | activité | relais contacté | motif"),
        stems=listed("action | demarche | etape | intervention"),
        beside=listed("type | nature | realise | mene | entreprise | suivi | relais | effectue"),
    ),
    Field(
        "action_on",
        "Date de l’action",
        "réduit à deux délais",
        listed("action le | date d’action | date de la démarche | date de l’étape | date de l’intervention"),
        kind="date",
        weak=listed(
            "date | le | quand | jour | fait le | date du contact | date et heure | date de l’événement | date acte"
        ),
        stems=listed("action date | demarche date | etape date | intervention date"),
        beside=("type", "realise", "contact"),
    ),
    Field(
        "steps",
        "Suivi",
        "réduit à deux délais",
        listed("démarches | actions | étapes | relais | relais contactés | contacts | actions menées | suites données"),
        kind="steps",
        weak=listed("suivi | contacts pris | interventions | suite | suites | remarques | historique | chronologie"),
        stems=listed("action | demarche | etape | relais | contact | suivi"),
        beside=listed("mene | entreprise | effectue | realise | pris | donne"),
    ),
)

# Known, never read and never asked about: names, birth dates, remarks, what tools add, what is computed.
NEVER_READ: tuple[str, ...] = listed(
    "nom | prenom | eleve | victime | auteur | naissance | age | sexe | genre | adresse | telephone | gsm | tel | "
    "mail | courriel | email | messagerie | remarque | commentaire | observation | note | memo | niss | "
    "registre national | nationalite | horodat | timestamp | heure debut | heure fin | heure completion | start | "
    "end | uuid | submission | submitted | soumission | envoi | index | version | device | delai | duree | nombre | "
    "nbre | nb | total | suite | annee scolaire | intervenant | referent | titulaire | gestionnaire | traite par | "
    "suivi par | encode | agent | temoin | agresseur | harceleur | identite | responsable | mois | semaine | "
    "trimestre | resume | priorite | heure achevement | derniere modification | modifi | created | updated | score | "
    "points | langue | url | initiale | civilite | code postal | localite | commune | domicile | reponse | rappel | "
    "relance | rdv | ip | start time | completion time | name | comment | a corriger | compte rendu | rapport | "
    "date naissance | prochain | today | echeance | deuxieme contact | 2e contact | second contact | dernier contact | "
    "direction | psychologue | pse | amo | saj | spj | parquet | child focus | medecin | encod | heure | prevu | "
    "planifi | pas"
)

SCHOOLS: tuple[Field, ...] = (
    Field(
        "code",
        "Code",
        "gardé",
        listed(
            "code école | code de l’école | FASE | numéro FASE | n FASE | code FASE | n FASE de l’établissement | "
            "ndeg FASE de l’établissement | numéro FASE de l’établissement | n FASE établissement | "
            "code FASE de l’établissement | FASE de l’établissement | FASE établissement"
        ),
    ),
    Field(
        "name",
        "Nom",
        "gardé",
        listed("école | nom de l’école | nom école | établissement | nom de l’établissement | nom établissement"),
        required=True,
    ),
    Field("network", "Réseau", "gardé", ("réseau d’enseignement",), terms=vocabulary.SCHOOL_NETWORKS),
    Field(
        "teaching",
        "Niveau",
        "gardé",
        ("enseignement", "niveau d’enseignement", "type d’enseignement"),
        terms=vocabulary.TEACHING_LEVELS,
    ),
    Field("zone", "Zone", "gardé", ("arrondissement administratif", "arrondissement", "secteur")),
    Field("pupils", "Élèves", "gardé", listed("nombre d’élèves | population | population scolaire | nb élèves")),
    *(
        Field(
            f"deadline:{step.code}",
            f"Délai {step.label}",
            "gardé",
            tuple(
                f"{delay} {word}"
                for delay in listed("délai | délai max | délai maximum | délai maximal")
                for word in (step.label, step.header.removesuffix(" le"), *step.synonyms)
            ),
            step=step.code,
        )
        for step in STEPS.values()
    ),
)


@dataclass(frozen=True)
class OwnWords:
    """A service's own headers (to field code), words (vocabulary to word to term), schools (name to code) and answers.

    Headers, words and names are normalised. ``answers`` holds what was asked about the file as a whole (date order, ...).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    schools: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    def find(self, terms: Vocabulary, word: str) -> str | None:
        """The code that ``word`` means for this service, or None."""
        return self.words.get(terms.name, {}).get(word_key(word)) or terms.find(word)

    def with_answer(self, place: tuple[str, ...], answer: str) -> OwnWords:
        """These words with the ``answer`` to the question that stands at ``place`` (see :class:`Question`)."""
        kind, *keys = place
        entries: dict[str, Any] = {"columns": {}, "words": {}, "schools": {}, "answers": {}}
        entries[kind] = {keys[0]: {keys[1]: answer} if kind == "words" else answer}
        return together(self, OwnWords(**entries))


def together(first: OwnWords, second: OwnWords) -> OwnWords:
    """The words of both; ``second`` has the last word."""
    vocabularies = dict.fromkeys((*first.words, *second.words))
    words = {name: {**first.words.get(name, {}), **second.words.get(name, {})} for name in vocabularies}
    return OwnWords(
        {**first.columns, **second.columns},
        words,
        {**first.schools, **second.schools},
        {**first.answers, **second.answers},
    )


def load_own_words(content: bytes) -> OwnWords:
    """A mapping file; RefusedFileError when it is too large or names a section, column or term that does not exist.

    What is wrong is told by its place: a service's own words may be names.
    """
    entries = _parse(content)
    vocabularies: dict[str, Container[str]] = {
        column.terms.name: column.terms for column in (*REGISTER, *ALSO_READ, *SCHOOLS) if column.terms
    }
    codes = {IGNORED, *(column.code for column in (*REGISTER, *ALSO_READ, *SCHOOLS))}
    vocabularies["actions"] = codes
    vocabularies["reasons"] = vocabulary.REASONS
    sections = {"columns": codes, "schools": None, "answers": None, "words": vocabularies}
    if unknown := [place for place, name in enumerate(entries, 1) if name not in sections]:
        raise RefusedFileError(f"Le fichier de correspondance a une section inconnue (la {unknown[0]}e).")
    words = entries.pop("words", {})
    tables = [*entries.values(), words, *(words.values() if isinstance(words, dict) else ())]
    if not all(isinstance(table, dict) for table in tables) or not all(
        isinstance(value, str) for table in (*entries.values(), *words.values()) for value in table.values()
    ):
        raise RefusedFileError(
            "Le fichier de correspondance ne dit pas pour chaque mot ce qu’il veut dire, entre guillemets."
        )
    columns = entries.get("columns", {})
    if place := _unknown_place(columns, codes):
        raise RefusedFileError(f"Le fichier de correspondance cite une colonne inconnue ([columns], ligne {place}).")
    for name, listed in words.items():
        if name not in vocabularies:
            raise RefusedFileError(
                f"Le fichier de correspondance cite une liste de mots inconnue. Les listes : {', '.join(vocabularies)}."
            )
        if place := _unknown_place(listed, vocabularies[name]):
            raise RefusedFileError(
                f"Le fichier de correspondance cite un terme inconnu de la liste {name} (ligne {place} de cette liste)."
            )
    return OwnWords(
        {normalise(header): code for header, code in columns.items()},
        {name: {word_key(word): code for word, code in listed.items()} for name, listed in words.items()},
        {normalise(name): code for name, code in entries.get("schools", {}).items()},
        entries.get("answers", {}),
    )


def _parse(content: bytes) -> dict[str, Any]:
    """The TOML of a mapping file. Its nesting is judged before it is parsed, which costs the square of it."""
    if len(content) > MAX_MAPPING_BYTES:
        raise RefusedFileError(f"Le fichier de correspondance dépasse {MAX_MAPPING_BYTES // 1000} ko.")
    try:
        told = content.decode("utf-8-sig")
        if _nesting(told) > MAX_NESTING:
            raise RefusedFileError("Le fichier de correspondance emboîte trop de listes les unes dans les autres.")
        return tomllib.loads(told)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise RefusedFileError("Le fichier de correspondance n’est pas un fichier TOML lisible.") from None


_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*')


def _nesting(toml: str) -> int:
    """How deep brackets and dotted keys go, outside of quotes and comments."""
    deepest = depth = 0
    for line in _QUOTED.sub("q", toml).splitlines():
        for character in line:
            depth += (character in "[{") - (character in "]}")
            deepest = max(deepest, depth)
        deepest = max(deepest, line.split("=")[0].count("."))
    return deepest


def own_words_toml(own_words: OwnWords) -> str:
    """The answers as the file that ``relais import --mapping`` and the page Registre read again."""
    sections = {name: dict(getattr(own_words, name)) for name in ("columns", "schools", "answers")}
    entries = sections | {"words": {name: dict(words) for name, words in own_words.words.items()}}
    return "# Correspondances de votre registre, pour Relais.\n\n" + tomli_w.dumps(
        {k: v for k, v in entries.items() if v}
    )


def _unknown_place(listed: Mapping[str, str], known: Container[str]) -> int:
    """The place, from 1, of the first entry whose code is not ``known``; 0 when there is none."""
    return next((place for place, code in enumerate(listed.values(), 1) if code not in known), 0)
