using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

namespace Juming.Commands;

/// <summary><c>juming user …</c>: accounts of a tier.</summary>
internal static class UserCommand
{
    public static void AddTo(RootCommand root)
    {
        var user = new Command("user", "Accounts: add, list, reset, disable, enable, roles, scopes, sign-out.");
        user.Subcommands.Add(WithRoles("add", "Make an account; prints the one-time link with which the person sets the password.", "AddUser", PrintLink));
        user.Subcommands.Add(WithRoles("roles", "Say which roles an account has.", "SetRoles", PrintDone));
        user.Subcommands.Add(AdminVerb.Make("list", "List accounts.", "ListUsers", _ => new { }, PrintList));
        user.Subcommands.Add(Named("reset", "Take away password, second factor and sessions; prints a new one-time link.", "ResetUser", n => new { name = n }, PrintLink));
        user.Subcommands.Add(Named("disable", "Shut an account and end its sessions.", "DisableUser", n => new { name = n, disabled = true }, PrintDone));
        user.Subcommands.Add(Named("enable", "Open an account again.", "DisableUser", n => new { name = n, disabled = false }, PrintDone));
        user.Subcommands.Add(Named("sign-out", "End all sessions of an account.", "RevokeSessions", n => new { name = n }, (ended, _) => Console.WriteLine($"{ended} sessions ended.")));
        user.Subcommands.Add(WithScopes());
        root.Subcommands.Add(user);
    }

    private static Command Named(string verb, string help, string request, Func<string, object> arguments, Action<JsonElement, string> print)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the account." };
        var command = AdminVerb.Make(verb, help, request, line => arguments(line.GetValue(name)!), print);
        command.Arguments.Add(name);
        return command;
    }

    private static Command WithRoles(string verb, string help, string request, Action<JsonElement, string> print)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the account." };
        var roles = new Option<string[]>("--role") { Description = "Viewer, Analyst, SystemAdmin, SecurityAdmin or AuditAdmin; may be repeated." };
        var command = AdminVerb.Make(verb, help, request, line => new { name = line.GetValue(name), roles = line.GetValue(roles) ?? [] }, print);
        command.Arguments.Add(name);
        command.Options.Add(roles);
        return command;
    }

    private static Command WithScopes()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the account." };
        var scopes = new Option<string[]>("--scope") { Description = "all, or a kind with an identity such as customer:42; may be repeated.", Required = true };
        var command = AdminVerb.Make("scopes", "Say where the roles of an account hold.", "SetScopes", line => new { name = line.GetValue(name), scopes = line.GetValue(scopes) ?? [] }, PrintDone);
        command.Arguments.Add(name);
        command.Options.Add(scopes);
        return command;
    }

    private static void PrintLink(JsonElement answer, string address) =>
        Console.WriteLine($"{answer.GetProperty("name").GetString()}: {address}{answer.GetProperty("link").GetString()} (once, 24 hours)");

    private static void PrintDone(JsonElement answer, string address) => Console.WriteLine("Done.");

    private static void PrintList(JsonElement answer, string address)
    {
        foreach (var user in answer.EnumerateArray())
            Console.WriteLine($"{user.GetProperty("name").GetString(),-24} {string.Join(',', user.GetProperty("roles").EnumerateArray().Select(r => r.GetString())),-28} {(user.GetProperty("disabled").GetBoolean() ? "disabled" : $"{user.GetProperty("sessions").GetInt32()} sessions")}");
    }
}
