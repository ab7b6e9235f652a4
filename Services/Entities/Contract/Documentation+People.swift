import Contract
import Kernel

extension PeopleBody: Documented {
    public static let schemaName = "EntityPeople"
    public static let meaning = "A page of the users who have access to an entity."

    public static var members: [Member] {
        [
            Member("items", "Users, by id. There can be fewer than `pageSize`, also none."),
            Member(
                "next", "The `cursor` of the next page; `null` on the last one.",
                example: "YWZ0ZXIgdXNyXzAxTTdZVDlaSEcwM1JXTUFNUktaNVhXMFlN"),
            Member(
                "everyone",
                "Whether the entity is in a public store, so that everybody has access.",
                example: false),
        ]
    }
}

extension PeopleBody.Person: Documented {
    public static let schemaName = "PersonWithAccess"
    public static let meaning = "A user who has access to an entity."

    public static var members: [Member] {
        [
            Member("user", "The user."),
            Member("via", "The first step that grants access.", example: "direct_share"),
            Member("paths", "Every grant, in the order of the steps."),
        ]
    }
}
