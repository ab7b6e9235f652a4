import Contract
import InvitationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// What services say to each other about shares: what the types write is what was agreed, and what
/// was agreed is what they read.
@Suite struct ShareNoticeWireTests {
    private static let share = "shr_01KF000000000000000000000M"

    private func same<Value: Codable & Equatable>(
        _ value: Value, _ golden: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(JSON.text(value) == (try Golden.text(golden)), sourceLocation: location)
        #expect(try Golden.value(golden, as: Value.self) == value, sourceLocation: location)
    }

    @Test func `new shares, and which of them still exist`() throws {
        #expect(SharedKind.allCases.map(\.event) == ["entity.shared", "integration.shared"])
        try same(
            SharesGiven(
                givenBy: Cast.grace.userId,
                shares: [SharesGiven.Share(id: Self.share, userId: Cast.ada.userId)]),
            "shares-given")
        let query = try Golden.value("standing-shares-query", as: StandingSharesQuery.self)
        #expect(query.ids == [Self.share])
        #expect(JSON.text(query) == (try Golden.text("standing-shares-query")))
        try same(
            StandingSharesReply(
                shares: [.init(id: Self.share, thingId: Cast.entity, name: "Minutes")]),
            "standing-shares-answer")
        try same(
            StandingSharesReply(
                shares: [.init(id: Self.share, thingId: Cast.integration, name: "CRM", level: 3)]),
            "standing-shares-answer-level")
    }

    @Test func `addresses that are invited with a share`() throws {
        let time = try #require(Timestamp(rfc3339: "2026-01-15T09:00:00.000Z"))
        try same(
            InviteCommand(
                entityId: Cast.entity, name: "Minutes", organizationId: nil, updatedAt: time,
                emails: ["hedy@example.com"],
                actor: EventActor(Cast.grace.asking(in: "request-1"))),
            "invite-command")
        try same(
            InviteReply(
                invited: [
                    .init(
                        email: "hedy@example.com", invitationId: Cast.invitation, expiresAt: time)
                ]),
            "invite-answer")
        try same(
            InviteReply(
                invited: [],
                refusal: .init(
                    status: 429, code: "invitation_quota_exceeded", detail: "Too many.",
                    retryAfter: 7, members: [:])),
            "invite-answer-refused")
    }
}
