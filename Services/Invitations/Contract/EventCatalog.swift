import Contract
import EntitiesContract
import GatewayContract
import IntegrationsContract
import Kernel
import OrganizationsContract

/// The events of all contexts, as they declare them.
public enum EventCatalog {
    /// Every change that an audit records.
    public static let changes: [CatalogedChange] =
        GatewayChange.catalog + EntityChange.catalog + OrganizationChange.catalog
        + IntegrationChange.catalog + InvitationChange.catalog + WorkspaceChange.catalog
        + WebhookChange.catalog

    /// Those with an event of their own.
    public static let events = changes.filter(\.hasOwnEvent)

    /// The messages sent to webhooks, for OpenAPI's `webhooks`.
    public static let notices = events.map { event in
        Notice(
            event, saying: silent.filter { $0.type == event.type },
            body(of: event.declaration.data), subject: example(of: event.subject),
            parent: event.declaration.parent.map(example))
    }

    /// The changes that other events say.
    public static let silent = changes.filter { !$0.hasOwnEvent }

    /// The types of events that have this data.
    static func types(of data: any Documented.Type) -> [String] {
        events.filter { $0.declaration.data == data }.map(\.type)
    }

    private static func body<Data: Documented>(of data: Data.Type) -> any Documented.Type {
        TypedEventBody<Data>.self
    }

    /// A thing of a kind, for examples.
    static func example(of kind: String) -> AuditEntryBody.Subject {
        AuditEntryBody.Subject(type: kind, id: ids[kind] ?? "")
    }

    private static let ids: [String: String] = {
        let prefixes = [
            "user": "usr_", "token": "tok_", "session": "tok_", "entity": "ent_", "share": "shr_",
            "publisher": "usr_", "version": "ver_", "organization": "org_",
            "npm_registry_key": "org_", "storage_config": "org_", "member": "usr_", "role": "rol_",
            "publication": "pub_", "integration": "int_", "team_member": "usr_",
            "invitation": "inv_", "collaborator": "usr_", "workspace_member": "usr_",
            "webhook": "whk_",
        ]
        let others: [String: JSONTree?] = [
            "team": "data", "workspace": Rule.uuid.example,
            "workspace_invitation": WorkspaceExamples.invitation,
        ]
        let examples = others.merging(prefixes.mapValues { Rule.id(like: $0).example }) { $1 }
        return examples.compactMapValues { if case .string(let id)? = $0 { id } else { nil } }
    }()
}
