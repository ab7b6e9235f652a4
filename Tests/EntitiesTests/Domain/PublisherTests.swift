import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct PublisherTests {
    @Test(arguments: [
        ("usr_owner", 1, "last_publisher"),
        ("usr_owner", 2, "owner_is_publisher"),
        ("usr_other", 2, nil),
        ("usr_other", 3, nil),
    ])
    func `any publisher can be removed except the owner and the last one`(
        userId: String, count: Int, code: String?
    ) {
        let fault = fault {
            try Publisher.checkRemoval(of: userId, ownerId: "usr_owner", count: count)
        }
        #expect(fault?.code == code)
    }
}
