import Kernel
import Testing

@Suite struct ExternalIDTests {
    private func isAccepted(_ text: String) -> Bool {
        do {
            _ = try ExternalID.check(text, pointer: "/externalId")
            return true
        } catch {
            return error.fields.map(\.pointer) != ["/externalId"]
        }
    }

    @Test(arguments: [
        "4711", "auth0|5f7c8ec7", "a/b", "CN=Ada,OU=R&D", "ä", "ent_1", "x", "%2F", "EXT:a",
    ])
    func `ids of other systems are accepted as they are`(_ text: String) throws {
        #expect(try ExternalID.check(text, pointer: "") == text)
    }

    @Test(arguments: [
        "", " a", "a b", "a\n", "a\u{0}", "a\u{200B}", "a\u{200D}b", "\u{202E}a", "ext:a", "ext:",
        "usr_1", "a" + String(repeating: "\u{301}", count: 100),
    ])
    func `what can't be seen or reads as another name is refused`(_ text: String) {
        #expect(!isAccepted(text))
    }

    @Test func `an id has at most 255 characters`() {
        #expect(isAccepted(String(repeating: "ä", count: 255)))
        #expect(!isAccepted(String(repeating: "ä", count: 256)))
    }

    @Test func `two spellings of one text are one id`() throws {
        let id = try ExternalID.check("e\u{301}", pointer: "")
        #expect(Array(id.unicodeScalars) == ["\u{E9}"])
    }
}
