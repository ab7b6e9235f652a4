import Kernel

extension UserProfile: Documented {
    public static let meaning = "A user as others see him."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("usr_")),
            Member(
                "email", "Empty, as the two names, for a moment after he was deleted.",
                example: "grace@example.com"),
            Member("username", "His unique short name.", example: "grace"),
            Member("displayName", "What people call him.", example: "Grace"),
        ]
    }
}
