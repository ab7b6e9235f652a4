/// The texts of `--help`.
enum AdminHelp {
    private static let width = 76

    /// Of all commands, or of those that begin with a word.
    static func overview(_ first: String? = nil) -> String {
        let commands = AdminCommand.all.filter { first == nil || $0.words.first == first }
        let width = (commands.map(\.name.count).max() ?? 0) + 2
        var text = """
            gateway admin: commands for operators, on the gateway's machine

            Usage: gateway admin COMMAND [ARGUMENT…] [OPTION…]
                   gateway admin COMMAND --help


            """
        for command in commands {
            let gap = String(repeating: " ", count: width - command.name.count)
            text += "  \(command.name)\(gap)\(command.summary)\n"
        }
        return text + "\n" + wrapped(general) + "\n\nExit codes:\n" + exits
    }

    static func page(_ command: AdminCommand) -> String {
        var usage = "gateway admin \(command.name)"
        for argument in command.arguments {
            usage += argument.isOptional ? " [\(argument.name)]" : " \(argument.name)"
        }
        for option in command.options where option.isRequired {
            usage += " \(option.name) \(option.value ?? "")"
        }
        if command.options.contains(where: { !$0.isRequired }) { usage += " [OPTION…]" }
        var text = wrapped("\(command.summary).")
        text += "\n\nUsage: \(usage)\n"
        if !command.details.isEmpty { text += "\n" + wrapped(command.details) + "\n" }
        if !command.arguments.isEmpty {
            text += "\n" + list(command.arguments.map { ($0.name, $0.meaning) })
        }
        text += "\nOptions:\n"
        text += list(
            command.options.map { option in
                let name = option.value.map { "\(option.name) \($0)" } ?? option.name
                return (name, option.meaning + (option.isRepeatable ? " (repeatable)" : ""))
            })
        if !command.examples.isEmpty {
            text += "\nExamples:\n" + command.examples.map { "  \($0)\n" }.joined()
        }
        return text
    }

    private static let general = """
        They need the settings (environment variables) with which the gateway was started: in \
        containers, docker compose exec gateway gateway admin …; after deploy/up, deploy/admin …. \
        What they do goes through the running gateway's internal port, by the rules of the API, \
        and is in the audit with the actor "operator". While the gateway is stopped, commands \
        about users and tokens open its database themselves; other commands say what to start.
        """

    private static var exits: String {
        AdminExit.allCases.map { exit in
            let code = "\(exit.rawValue)"
            return "  \(code)\(String(repeating: " ", count: 4 - code.count))\(exit.meaning)\n"
        }.joined()
    }

    private static func list(_ items: [(name: String, meaning: String)]) -> String {
        let width = (items.map(\.name.count).max() ?? 0) + 2
        return items.map { item in
            let gap = String(repeating: " ", count: width - item.name.count)
            return "  \(item.name)\(gap)"
                + wrapped(item.meaning, indent: width + 2) + "\n"
        }.joined()
    }

    private static func wrapped(_ text: String, indent: Int = 0) -> String {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + word.count < width - indent {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }
}
