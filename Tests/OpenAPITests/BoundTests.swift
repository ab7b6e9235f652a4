import Contract
import Kernel
import Testing

/// Whatever adds rows has a bound that its callers are told of.
@Suite struct BoundTests {
    private static let bounds: Set<String> = [
        "quota_exceeded", "invitation_quota_exceeded", "workspace_full", "too_many_tokens",
        "too_many_roles", "too_many_webhooks", "too_many_rotations", "too_many_resends",
        "test_pending", "too_many_sign_in_tries",
    ]

    /// Operations that write, and why they need none.
    private static let unbounded = [
        "createUser": "for platform admins",
        "createSCIMUser": "for platform admins",
        "setSCIMUser": "changes a user",
        "createSCIMGroup": "for platform admins",
        "setSCIMGroup": "changes a team, whose members are bounded",
        "updateSCIMResources": "for platform admins",
        "revokeToken": "ends a token",
        "exchangeCode": "uses up a code",
        "createInvitations": "each address has a result, and its problem in that",
        "acceptInvitation": "uses up an invitation",
        "declineInvitation": "ends an invitation",
        "answerWorkspaceInvitation": "uses up an invitation",
        "updateWorkspaceInvitationExpiration": "changes an invitation",

        "transferIntegration": "changes an integration",
        "transferWorkspace": "changes members",
        "removeSharedUser": "removes a member",
        "updateSharedUser": "changes a member",
        "setStorageConfig": "an organization has one",
        "rotateNpmRegistryKey": "an organization has one",
        "redeliverEvent": "sends what is there",
        "redeliverEvents": "sends what is there",
    ]

    @Test func `every operation that creates something declares its quota`() {
        for endpoint in World.endpoints
        where [.post, .put].contains(endpoint.method) && !endpoint.readsOnly {
            let codes = Set(endpoint.documentation.problems.map(\.code))
            let isBounded = !codes.isDisjoint(with: Self.bounds)
            #expect(
                isBounded != (Self.unbounded[endpoint.id] != nil),
                "\(endpoint.id): \(codes.sorted())")
        }
    }
}
