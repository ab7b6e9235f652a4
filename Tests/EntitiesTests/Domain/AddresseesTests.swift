import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct AddresseesTests {
    @Test func `addresses are normalised and deduplicated, in order`() throws {
        let addressees = try Addressees([" B@Example.com", "a@example.com", "b@example.com "])
        #expect(addressees.emails == ["b@example.com", "a@example.com"])
    }

    @Test(arguments: [0, 101])
    func `no addresses, or too many, are refused`(count: Int) {
        let fault = fault {
            try Addressees((0..<count).map { "a\($0)@example.com" })
        }
        #expect(fault?.fields.map(\.pointer) == ["/emails"])
    }

    @Test func `the limit counts duplicates`() {
        let fault = fault { try Addressees(Array(repeating: "a@example.com", count: 101)) }
        #expect(fault?.kind == .invalid)
    }

    @Test func `every invalid address is reported`() {
        let fault = fault { try Addressees(["nobody", "a@example.com", "@", ""]) }
        #expect(fault?.fields.map(\.pointer) == ["/emails/0", "/emails/2", "/emails/3"])
    }
}
