import Contract
import EntitiesContract
import GatewayContract
import InvitationsContract
import OpenAPI

extension QuickStart {
    /// For a platform's backend, which has one token and names its users by its own ids.
    static let ofPlatforms = QuickStart(
        text: "A platform's backend needs one token: a platform admin's with the scopes "
            + "`users:admin`, `users:act_as`, `access:check`, `access:revoke` and those of "
            + "what its users do. The first admin's token is in the data folder of a new "
            + "system (`admin-token`). Users and things have the ids that you have for "
            + "them: `ext:` and your id.",
        steps: [
            Step(
                "Create your users, with your ids. Creating one again is `409`.",
                GatewayRoutes.createUser,
                body: [
                    "email": "ada@example.com", "username": "ada", "displayName": "Ada",
                    "externalId": "crm-ada",
                ]),
            Step(
                "Each user once.", GatewayRoutes.createUser,
                body: [
                    "email": "grace@example.com", "username": "grace", "displayName": "Grace",
                    "externalId": "crm-grace",
                ]),
            Step(
                "Only Ada has access to what she creates.", EntityRoutes.createEntity,
                for: "ext:crm-ada",
                body: ["name": "Board", "type": "app", "externalId": "board-1"]),
            Step(
                "Share it with users by their addresses. Each address has a result.",
                EntityRoutes.shareEntity, target: "/api/entities/ext:board-1/shares",
                for: "ext:crm-ada", body: ["emails": ["grace@example.com"]]),
            Step(
                "Invite somebody who has no account. They get an e-mail with a link.",
                InvitationRoutes.createInvitation,
                target: "/api/v1/entities/ext:board-1/invitations", for: "ext:crm-ada",
                body: ["email": "hedy@example.com"]),
            Step(
                "Ask before each use, up to \(EntityLimits.checks) questions at once. A revoked "
                    + "share ends with the next question.",
                EntityRoutes.checkAccess,
                body: [
                    "checks": [["entityId": "ext:board-1", "userId": "ext:crm-grace"]]
                ]),
            Step(
                "Revoke whatever access a user has, by whomever it was given.",
                EntityRoutes.revokeEntityAccess,
                target: "/api/entities/ext:board-1/access/ext:crm-grace"),
        ],
        further: "Clients in many languages can be generated from `/openapi.json`. Webhooks and "
            + "`GET /api/v1/events` tell you of every change.")
}
