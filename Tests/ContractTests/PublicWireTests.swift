import Contract
import EntitiesContract
import GatewayContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The public types against what was agreed: a new member is a decision, not an accident.
@Suite struct PublicWireTests {
    @Test func `the bodies of the entities context`() throws {
        try check(EntityBody.self, "public-entity")
        try check(ShareBody<EntityBody>.self, "public-share-received")
        try check(ShareBody<EntitySummaryBody>.self, "public-share-given")
        try check(ShareOutcomeBody.self, "public-share-outcome")
        try check(PublisherBody.self, "public-publisher")
        try check(PublisherStatusBody.self, "public-publisher-status")
        try check(VersionBody.self, "public-version")
        try check(InstallationBody.self, "public-installation")
        try check(AccessBody.self, "public-access")
        try check(AccessResultsBody.self, "public-access-results")
    }

    @Test func `the bodies of the gateway`() throws {
        try check(UserBody.self, "public-user")
        try check(MeBody.self, "public-me")
        try check(TokenBody.self, "public-token-created")
        try check(AuditEntryBody.self, "public-audit-entry")
    }

    @Test func `members that may be missing are left out, others are null`() throws {
        let share = try Golden.value("public-share", as: ShareBody<EntityBody>.self)
        #expect(JSON.text(share) == (try Golden.text("public-share")))
        let token = try Golden.value("public-token", as: TokenBody.self)
        #expect(JSON.text(token) == (try Golden.text("public-token")))
    }

    /// The type reads and writes exactly the golden, and has no member that the golden lacks.
    private func check<Body: Codable>(_ type: Body.Type, _ name: String) throws {
        let body = try Golden.value(name, as: type)
        let golden = try Golden.text(name)
        #expect(JSON.text(body) == golden, "\(name)")
        let members = Mirror(reflecting: body).children.compactMap(\.label).map {
            // A wrapped property is stored with an underscore.
            $0.hasPrefix("_") ? String($0.dropFirst()) : $0
        }
        #expect(members.sorted() == JSONValue(Array(golden.utf8))?.names, "\(name)")
    }
}
