import Kernel
import Presentation
import Testing

@Suite struct LanguageTests {
    @Test(arguments: [
        ("de", "de"), ("de-AT", "de"), ("DE", "de"), ("en-GB", "en"), ("fr_CA", "fr"),
    ])
    func `a tag names its language`(_ tag: String, _ language: String) {
        #expect(Language(tag: tag)?.rawValue == language)
    }

    @Test(arguments: ["", "-", "it", "deu", "german", "*"])
    func `other tags name none`(_ tag: String) {
        #expect(Language(tag: tag) == nil)
    }

    @Test(arguments: [
        ("de", "de"), ("it, fr;q=0.5, de;q=0.7", "de"), ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("fr;q=0, en;q=0.1", "en"), ("*, de;q=0.2", "de"), ("de;q=0.5;q=x, en;q=0.4", "de"),
        (" de ; q=1 ,en", "de"),
    ])
    func `a browser's preference counts by weight, then by place`(
        _ accepted: String, _ language: String
    ) {
        #expect(Language.preferred(in: accepted)?.rawValue == language)
    }

    @Test(arguments: ["", "*", "it", "de;q=0", "de;q=2", "de;q=-1", "de;q=nan", ";;,,", "q=1"])
    func `a preference for none of ours is none`(_ accepted: String) {
        #expect(Language.preferred(in: accepted) == nil)
    }

    @Test func `the invitation comes before the user, the browser and the product`() {
        #expect(Language.choose(["fr", "de"], accepting: "es", else: .english) == .french)
        #expect(Language.choose([nil, "de-CH"], accepting: "es", else: .english) == .german)
        #expect(Language.choose(["it", nil], accepting: "es", else: .english) == .spanish)
        #expect(Language.choose([nil, nil], accepting: "it", else: .german) == .german)
    }

    @Test func `days are written as in each language`() throws {
        let first = try #require(Timestamp(year: 2026, month: 3, day: 1))
        let later = try #require(
            Timestamp(year: 2026, month: 12, day: 31, hour: 23, minute: 59))
        #expect(
            Language.allCases.map { $0.day(first) } == [
                "1 March 2026", "1. März 2026", "1er mars 2026", "1 de marzo de 2026",
            ])
        #expect(
            Language.allCases.map { $0.day(later) } == [
                "31 December 2026", "31. Dezember 2026", "31 décembre 2026",
                "31 de diciembre de 2026",
            ])
    }

    /// A text that was copied from English compiles, too.
    @Test func `no language repeats the sentences of another`() {
        let sentences = Language.allCases.map { language -> [String] in
            let texts = language.texts
            return InvitedAs.allCases.map { texts.invites("Ada", to: "CRM", as: $0) }
                + PageRefusal.allCases.map { texts.refusal($0) }
                + [
                    texts.wrongCode, texts.notFoundNote, texts.closePage, texts.orOpen,
                    texts.confirm("b@example.com").text, texts.codeNotRequested.text,
                    texts.acceptTerms(until: "x").text, texts.viewTerms(until: "x").text,
                    texts.codeTerms(minutes: 10).text, texts.webhookRemedy("whk_1").text,
                    texts.declinedNote(nil).text, texts.revokedNote("Ada").text,
                    texts.notifications, texts.notified("b@example.com").text,
                    texts.stopNotifications, texts.unsubscribed,
                    texts.unsubscribedNote("b@example.com").text, texts.unknownLink,
                    texts.unknownLinkNote.text, texts.shared(by: "Ada", "CRM"),
                    texts.shared(by: nil, "CRM"), texts.shared(by: "Ada", count: 3),
                    texts.shared(by: nil, count: 3), texts.sharedBy, texts.access(.entity),
                    texts.access(.integration(level: 3)), texts.moreShared(2), texts.seeShared,
                    texts.whyNotified("b@example.com").text,
                ]
        }
        for (index, one) in sentences.enumerated() {
            #expect(Set(one).count == one.count)
            for other in sentences[(index + 1)...] {
                #expect(Set(one).isDisjoint(with: other))
            }
        }
    }

    @Test func `what people typed is escaped in markup, and only there`() {
        let phrase = Language.german.texts.confirm("<b>&\"'")
        #expect(phrase.text.contains("<b>&\"'"))
        #expect(phrase.html.text.contains("<strong>&lt;b&gt;&amp;&quot;&#39;</strong>"))
    }
}
