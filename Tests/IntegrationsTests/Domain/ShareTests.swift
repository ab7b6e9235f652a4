import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Access levels and changes of a share.
@Suite struct ShareTests {
    @Test func `a level is a whole number from 1 to 2 147 483 647`() throws {
        for value in [1, 2, 100, 2_147_483_646, 2_147_483_647] {
            #expect(try AccessLevel(value).value == value)
        }
        #expect(AccessLevel.default.value == 1 && AccessLevel.highest.value == 2_147_483_647)
    }

    @Test(arguments: [0, -1, -2_147_483_648, Int.min])
    func `the error for level 0 or less suggests DELETE`(_ value: Int) {
        let fault = fault { try AccessLevel(value) }
        #expect(fault?.fields.map(\.pointer) == ["/accessLevel"])
        #expect(fault?.detail.contains("DELETE") == true)
    }

    @Test(arguments: [2_147_483_648, Int.max])
    func `the error for a level above the maximum names the range`(_ value: Int) {
        let fault = fault { try AccessLevel(value) }
        #expect(fault?.fields.map(\.pointer) == ["/accessLevel"])
        #expect(fault?.detail.contains("1 to 2147483647") == true)
    }

    @Test func `levels are ordered`() throws {
        #expect(try AccessLevel(1) < AccessLevel(2))
        #expect(try !(AccessLevel(2) < AccessLevel(2)))
        #expect(AccessLevel.default < .highest)
    }

    @Test func `a share's updatedAt changes only with its level, and always grows`() {
        let then = Timestamp(milliseconds: 1_000)
        let share = Share(
            id: "shr_1", integrationId: "int_1", principal: .user("usr_1"),
            level: AccessLevel(stored: 1), createdAt: then, updatedAt: then)
        #expect(share.giving(share.level, at: then.adding(seconds: 9)) == share)
        let later = share.giving(AccessLevel(stored: 2), at: then.adding(seconds: 9))
        #expect(later.level.value == 2 && later.updatedAt == then.adding(seconds: 9))
        #expect(later.createdAt == then && later.id == share.id)
        for now in [then, then.adding(seconds: -9)] {
            let changed = share.giving(AccessLevel(stored: 2), at: now)
            #expect(changed.updatedAt.milliseconds == 1_001)
        }
    }
}
