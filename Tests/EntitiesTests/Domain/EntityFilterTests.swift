import Kernel
import Testing

@testable import Entities

@Suite struct EntityFilterTests {
    @Test(arguments: [nil, "", "  ", "\n"])
    func `a blank search is none`(text: String?) throws {
        #expect(try EntityFilter.search(text) == nil)
    }

    @Test func `a search is trimmed like the names that it looks for`() throws {
        #expect(try EntityFilter.search(" Bot ") == "Bot")
    }

    @Test(arguments: ["a\nb", "a\u{0}", String(repeating: "a", count: 201)])
    func `what no name can hold is refused`(text: String) {
        let fault = fault { try EntityFilter.search(text) }
        #expect(fault?.fields.map(\.pointer) == ["/search"])
    }
}
