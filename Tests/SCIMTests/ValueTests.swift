import FoundationEssentials
import Kernel
import SCIM
import Testing

@Suite struct ValueTests {
    private func read(_ text: String) throws -> SCIMValue {
        try JSONDecoder().decode(SCIMValue.self, from: Data(text.utf8))
    }

    /// A decoder has the members in another order each time.
    @Test func `what is read twice is equal`() throws {
        let members = (0..<20).map { "\"m\($0)\":{\"a\":\($0),\"b\":[{\"c\":1,\"d\":2}]}" }
        let text = "{\(members.joined(separator: ","))}"
        for _ in 0..<20 { #expect(try read(text) == read(text)) }
        let backwards = "{\(members.reversed().joined(separator: ","))}"
        #expect(try read(text) == read(backwards))
    }

    @Test(arguments: [
        #"{"a":1}"#, #"{"a":1,"b":2,"c":3}"#, #"{"a":2,"b":1}"#, #"{"a":1,"c":2}"#,
        #"{"a":1,"b":[2]}"#,
    ])
    func `objects with other members differ`(_ other: String) throws {
        #expect(try read(#"{"a":1,"b":2}"#) != read(other))
        #expect(try read(other) != read(#"{"a":1,"b":2}"#))
    }

    @Test func `of names that differ in case one is kept, always the same`() throws {
        for _ in 0..<20 {
            #expect(try read(#"{"name":1,"Name":2,"NAME":3}"#)["name"] == .integer(1))
        }
    }
}
