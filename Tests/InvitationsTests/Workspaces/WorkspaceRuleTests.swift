import InvitationsContract
import Kernel
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Rules about time and succession.
@Suite struct WorkspaceRuleTests {
    private static let time = Timestamp(milliseconds: 1_768_467_600_000)

    private static func invitation(
        _ status: WorkspaceInvitationStatus = .pending, expiresAt: Timestamp = time,
        sentAt: Timestamp = time
    ) -> WorkspaceInvitation {
        WorkspaceInvitation(
            id: "x", workspaceId: "w", email: "bob@example.com", permissions: .read,
            status: status, invitedBy: "usr_ada", expiresAt: expiresAt, createdAt: time,
            sentAt: sentAt)
    }

    private static func moment(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text))
    }

    // MARK: Expiration

    @Test func `an overdue invitation has expired, whatever is stored`() {
        let (before, after) = (Self.time.adding(seconds: -1), Self.time.adding(seconds: 1))
        let pending = Self.invitation()
        #expect(pending.status(at: before) == .pending && pending.isOpen(at: before))
        for now in [Self.time, after] {
            #expect(pending.status(at: now) == .expired && !pending.isOpen(at: now))
        }
        for status in WorkspaceInvitationStatus.allCases where status != .pending {
            for now in [before, Self.time, after] {
                #expect(Self.invitation(status).status(at: now) == status)
                #expect(!Self.invitation(status).isOpen(at: now))
            }
        }
    }

    @Test(arguments: [
        ("2026-11-22T10:00:00.123Z", "2027-11-22T10:00:00.123Z"),
        ("2027-11-22T10:00:00.000Z", "2028-11-22T10:00:00.000Z"),
        ("2027-02-28T23:59:59.999Z", "2028-02-28T23:59:59.999Z"),
        ("2027-03-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"),
        ("2028-02-28T12:00:00.000Z", "2029-02-28T12:00:00.000Z"),
        ("2028-02-29T12:00:00.000Z", "2029-02-28T12:00:00.000Z"),
        ("2028-03-01T00:00:00.000Z", "2029-03-01T00:00:00.000Z"),
        ("2027-12-31T23:59:59.999Z", "2028-12-31T23:59:59.999Z"),
        // No leap year, though 2100 is a multiple of four.
        ("2099-06-01T00:00:00.000Z", "2100-06-01T00:00:00.000Z"),
    ])
    func `a year ahead is the same date next year`(_ now: String, _ then: String) throws {
        let (now, then) = (try Self.moment(now), try Self.moment(then))
        #expect(WorkspaceInvitation.aYear(after: now) == then)
        try WorkspaceInvitation.check(expiration: then, at: now)
        let beyond = Timestamp(milliseconds: then.milliseconds + 1)
        #expect(
            throws: Fault.invalid("/expirationDate", "must be at most a year ahead")
        ) { try WorkspaceInvitation.check(expiration: beyond, at: now) }
    }

    @Test func `the year ahead is right on every day of nine years`() throws {
        var now = try Self.moment("2026-01-01T09:30:00.250Z")
        for _ in 0..<3_287 {
            let (today, then) = (now.rfc3339, WorkspaceInvitation.aYear(after: now).rfc3339)
            let year = try #require(Int(today.prefix(4)))
            let rest = today.dropFirst(4).replacing("-02-29", with: "-02-28")
            #expect(then == "\(year + 1)\(rest)", "\(today)")
            now = now.adding(seconds: 86_400)
        }
        #expect(now.rfc3339.hasPrefix("2035-01-01"))
    }

    @Test func `an expiration can be a millisecond ahead`() throws {
        let now = Self.time
        try WorkspaceInvitation.check(
            expiration: Timestamp(milliseconds: now.milliseconds + 1), at: now)
        for back in [0, 1, 86_400_000, now.milliseconds] {
            let past = Timestamp(milliseconds: now.milliseconds - Int64(back))
            #expect(throws: Fault.invalid("/expirationDate", "must be in the future")) {
                try WorkspaceInvitation.check(expiration: past, at: now)
            }
        }
    }

    // MARK: Resending

    /// Milliseconds since it was sent, and seconds until it can be resent.
    @Test(
        arguments: [
            (0, 60), (1, 60), (999, 60), (1_000, 59), (1_001, 59), (58_999, 2), (59_000, 1),
            (59_999, 1), (60_000, nil), (60_001, nil), (86_400_000, nil),
        ] as [(Int64, Int?)])
    func `resending is limited to once a minute, and Retry-After is long enough`(
        _ passed: Int64, _ wait: Int?
    ) {
        let now = Timestamp(milliseconds: Self.time.milliseconds + passed)
        #expect(Self.invitation().pause(at: now) == wait)
        // Waiting for Retry-After is enough.
        #expect(Self.invitation().pause(at: now.adding(seconds: Int64(wait ?? 0))) == nil)
    }

    @Test func `a clock that was set back does not prolong the pause`() {
        #expect(Self.invitation().pause(at: Self.time.adding(seconds: -30)) == 60)
        // By more than the pause: it wasn't sent within the last minute.
        for seconds: Int64 in [61, 3_600, 86_400] {
            #expect(Self.invitation().pause(at: Self.time.adding(seconds: -seconds)) == nil)
        }
    }

    // MARK: Succession

    private func member(
        _ id: String, _ permissions: WorkspacePermission, _ seconds: Int64
    ) -> WorkspaceMember {
        WorkspaceMember(
            workspaceId: "w", userId: id, permissions: permissions,
            sharedAt: Self.time.adding(seconds: seconds))
    }

    @Test func `the successor is the longest-standing writer, else reader`() {
        let owner = member("o", .owner, 0)
        let (old, young) = (member("r1", .read, 1), member("r2", .read, 2))
        let (first, second) = (member("w1", .write, 3), member("w2", .write, 4))
        let all = [owner, old, young, first, second]
        for _ in 0..<20 {
            #expect(Workspace.successor(among: all.shuffled()) == first)
            #expect(Workspace.successor(among: [owner, young, second, old].shuffled()) == second)
            #expect(Workspace.successor(among: [young, owner, old].shuffled()) == old)
        }
    }

    @Test func `suspended members come last`() {
        let all = [
            member("o", .owner, 0), member("r", .read, 1), member("w", .write, 2),
        ]
        #expect(Workspace.successor(among: all, suspended: ["w"])?.userId == "r")
        #expect(Workspace.successor(among: all, suspended: ["w", "r"])?.userId == "w")
        #expect(Workspace.successor(among: [all[0]], suspended: ["o"]) == nil)
    }

    @Test func `among members of the same moment the id decides`() {
        let many = ["c", "a", "b"].map { member($0, .read, 1) }
        for _ in 0..<20 { #expect(Workspace.successor(among: many.shuffled())?.userId == "a") }
    }

    @Test func `an owner alone has no successor`() {
        #expect(Workspace.successor(among: []) == nil)
        #expect(Workspace.successor(among: [member("o", .owner, 0)]) == nil)
    }
}
