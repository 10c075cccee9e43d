"""Words that decide whether a full stop ends a sentence, for German and English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the rules of one language look words up in. Abbreviations stand without spaces and without the last dot."""

    inner: frozenset[str]
    """Abbreviations that something follows: titles, "z.B", "ca". Never the end of a sentence."""
    final: frozenset[str]
    """Abbreviations that may end a sentence: "usw", "Mio", "e.V"."""
    listing: frozenset[str]
    """Those of `final` after which any capital letter starts a sentence."""
    openers: frozenset[str]
    """Closed-class words that, with a capital, start a sentence."""
    numbered: frozenset[str]
    """Abbreviations before a number only: "Art. 5", but "dieser Art."."""
    ordinals: bool
    """Whether a number with a full stop is an ordinal ("3. Oktober")."""
    months: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    """Nouns before a plain number, not an ordinal: "Platz 3."."""


GERMAN = Lexicon(
    inner=frozenset(
        """
        Dr Dres Prof Hr Hrn Fr Frl Dipl Ing Mag Univ med phil jur iur rer nat pol oec theol habil hc h.c mult St Hl hl
        Nr Nrn Abs Bd Bde Abb Tab Kap Anm Anl Hrsg Hg Ausg Aufl Bsp Ziff Ziffer Rn Rdnr Az Tel Fax z.B zB z.Bsp d.h dh
        i.d.R idR d.i m.E m.W u.U u.a.m s.o.g o.g s.o z.T zT z.Zt z.Z zzt i.A i.V i.S.d i.S.v bzw bspw ca etw evtl ev
        ggf ggfs gem geb gest inkl exkl einschl zzgl abzgl insb insbes bes bezgl bzgl betr vgl sog gen entspr allg max
        min mind mtl jährl urspr verh gesch led vorm ehem stellv stv Stv Vors amtl dt engl frz franz lat griech ital
        span russ röm kath evang österr schweiz bayer Gebr Frhr Maj Gen Lt Hptm Kard Ebf Min.Dir Präs Vizepräs Abg Sen
        Gov Rep Postf z.Hd z.H Bez Jg lfd Ges Abt Ref Mr Mrs Ms vs
        """.split()
    ),
    final=frozenset(
        """
        usw etc usf uvm u.v.m u.a ua u.ä u.Ä o.ä o.Ä ff f a.D i.R e.V eV e.G a.M a.d.R a.N i.Br i.B a.d.D n.Chr v.Chr
        Mio Mrd Tsd Bio Std Stdn Min Sek Jh Jhd Jhdt Jahrh Str str Pl Co Inc Ltd Corp Cie Bros Jr Sr jr sr sen jun MSc
        BSc MwSt MWSt USt Hbf Bhf Kfz Lkw Pkw Wwe Whg Zi qm k.A k.o K.o p.a P.S z.K v.H v.T u.s.w n.V i.E Mo Di Mi Do
        Fr Sa So Jän Jan Feb Febr Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez U.S U.S.A U.K D.C L.A N.Y E.U a.m p.m s.u
        u.ö o.O o.J c.t s.t z.d.A n.n N.N i.Tr i.Ü m.b.H
        """.split()
    ),
    listing=frozenset("usw etc usf uvm u.v.m u.s.w u.ä u.Ä o.ä o.Ä".split()),
    openers=frozenset(
        """
        Der Die Das Den Dem Des Ein Eine Einen Einem Einer Eines Er Sie Es Wir Ich Ihr Ihre Ihren Ihrem Ihrer Sein
        Seine Seinen Seinem Seiner Man Mein Meine Unser Unsere Dies Diese Dieser Dieses Diesen Diesem Jene Jener Jeder
        Jede Jedes Jeden Alle Allen Alles Viele Vielen Einige Manche Mehrere Beide Solche Kein Keine Keiner Niemand
        Jemand Wer Was Wem Wen Wie Wo Wann Warum Weshalb Wieso Woher Wohin Welche Welcher Welches Ob Wenn Weil Dass
        Als Da Obwohl Während Nachdem Bevor Seit Seitdem Sobald Solange Bis Falls Damit Sodass Indem Und Oder Aber
        Doch Denn Sondern Jedoch Allerdings Dennoch Trotzdem Deshalb Deswegen Daher Darum Dabei Dazu Dafür Dagegen
        Daran Darauf Daraus Darin Darüber Darunter Davon Davor Danach Dann Dort Dorthin Hier Hierbei Hierzu Heute
        Gestern Morgen Nun Jetzt Bald Schon Noch Nur Auch Sogar Zwar Zudem Außerdem Ferner Überdies Weiter Weiterhin
        Zuvor Zunächst Zuletzt Schließlich Inzwischen Mittlerweile Bereits Bislang Bisher Damals Später Früher Oft
        Immer Nie Nach Vor Bei Beim Mit In Im An Am Auf Aus Von Vom Zu Zum Zur Für Gegen Ohne Um Über Unter Durch
        Wegen Trotz Laut Neben Zwischen Hinter Entlang Gegenüber Seither So Somit Sonst Ansonsten Vielleicht Natürlich
        Leider Möglicherweise Wahrscheinlich Offenbar Angeblich Tatsächlich Eigentlich Insgesamt Dadurch Demnach Nicht
        Nichts Mehr Anders Ist Sind War Waren Wird Werden Hat Haben Kann Können Soll Sollte Muss Will Ja Nein Sowohl
        Weder Entweder Je Etwa Rund
        """.split()
    ),
    numbered=frozenset("Art No Nr Kap Pos Kl Abs S Bl Drs Gz Par".split()),
    ordinals=True,
    months=frozenset(
        """
        Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Jän Feb
        Febr Mrz Mär Apr Jun Jul Aug Sep Sept Okt Nov Dez
        """.split()
    ),
    counted=frozenset(
        """
        Platz Rang Nummer Seite Kapitel Band Teil Paragraf Paragraph Artikel Absatz Punkt Gruppe Gleis Linie Zimmer
        Raum Halle Tor Stufe Klasse Phase Runde Minute Position Abbildung Tabelle Level Version Formel § Boeing Airbus
        Windows
        """.split()
    ),
)

ENGLISH = Lexicon(
    inner=frozenset(
        """
        Mr Mrs Ms Mx Dr Prof Rev Hon Gen Col Capt Cmdr Lt Maj Sgt Sen Rep Gov Pres Supt Det Insp St Mt Ft Messrs Fr
        Sr.Lt Nos Vols Figs pp cf vs v approx e.g eg i.e ie viz incl ca Adm Brig Cpl Pvt Jan Feb Mar Apr Aug Sept Sep
        Oct Nov Dec
        """.split()
    ),
    final=frozenset(
        """
        etc Inc Ltd Co Corp Bros Jr Sr U.S U.S.A U.K U.N E.U D.C L.A N.Y a.m p.m A.M P.M B.C A.D Ph.D M.D B.A M.A Esq
        Ave Blvd Rd Hwy Dept Univ Assn Cos Calif Conn Fla Ariz Minn Tenn al mph Mon Tue Tues Wed Thu Thur Thurs Fri
        """.split()
    ),
    listing=frozenset(["etc"]),
    openers=frozenset(
        """
        The A An He She It They We You This That These Those There Here His Her Its Their Our My Your But And Or So
        Yet If When While Although Though Because Since After Before As At In On Of For From With Without By To Under
        Over During Despite However Meanwhile Moreover Then Now Today Yesterday What Who Why How Where Which Not No
        One Some Many Most All Both Each Every Another Other Others Such Is Are Was Were Has Have Had Do Does Did Will
        Would Can Could According Also Even Only Last Next Police Officials I
        """.split()
    ),
    numbered=frozenset("No Nos no nos Vol Fig fig Sec Art Ch Op Nr p".split()),
    ordinals=False,
)

LEXICONS = {"de": GERMAN, "en": ENGLISH}
