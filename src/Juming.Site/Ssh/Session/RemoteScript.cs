using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Data;

namespace Juming.Site.Ssh.Session;

/// <summary>
/// A template's script as it is given to the shell of a host, through its standard input. All of it stands in one function that is called in the last line: a connection
/// that breaks off on the way leaves a shell with half a function, which does nothing. Values are set as quoted variables and never stand in the script itself.
/// </summary>
/// <param name="Line">What the account's own shell is asked to run: a shell for the script, ended by "timeout" if it lasts too long.</param>
/// <param name="Text">The script.</param>
/// <param name="Mark">Begins the lines by which the script answers; nobody can know it before.</param>
internal sealed record RemoteScript(string Line, string Text, string Mark)
{
    private const string Prelude = """
        set -uf
        IFS=
        LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
        export LC_ALL PATH
        umask 077
        say() { printf '\n%s %s\n' "$juming_mark" "$1"; }
        there() { say there; exit 0; }
        absent() { say absent; say "was $(printf %s "${1-}" | base64 | tr -d '\n')"; exit 0; }
        refuse() { say "refuse $1 ${2-}"; exit 0; }
        need() { command -v "$1" >/dev/null 2>&1 || refuse tool-missing "$1"; }
        guard_account() {
          juming_uid=$(id -u -- "$1" 2>/dev/null) || refuse no-such-account "$1"
          [ "$juming_uid" -ne 0 ] || refuse root-account "$1"
          [ "$juming_uid" -ne "${SUDO_UID:-$(id -u)}" ] || refuse own-account "$1"
        }
        guard_path() {
          juming_real=$(readlink -m -- "$1"); shift
          for juming_root in "$@"; do case $juming_real in "$juming_root" | "$juming_root"/*) return 0 ;; esac; done
          refuse outside-roots "$juming_real"
        }

        """;

    /// <summary>Seconds after its time in which "timeout" kills what did not end when asked.</summary>
    public const int KillAfter = 2;

    public static RemoteScript Of(CommandTemplate template, string body, HostRow host, IReadOnlyDictionary<string, string> values, string was = "")
    {
        var mark = "juming-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var text = new StringBuilder("juming_main() {\n").Append(Prelude);
        Set("juming_mark", mark);
        Set("me", host.Account);
        Set("by", host.Way == SignInWay.Key ? "key" : "password");
        // As it was read, byte for byte.
        text.Append("was=").Append(was.Length == 0 ? "''" : $"$(printf %s {Quoted(was)} | base64 -d)").Append('\n');
        foreach (var (name, value) in values) Set(name, value);
        text.Append("say begun\n");
        foreach (var parameter in template.Parameters)
        {
            // A change of rights never reaches root or the account that is signed in with, by whatever name.
            if (parameter.Type == "user" && template.Kind == CommandKind.Rights) text.Append("guard_account ").Append(Quoted(values[parameter.Name])).Append('\n');
            if (parameter.Type == "path") text.Append("guard_path ").Append(Quoted(values[parameter.Name])).AppendJoin("", parameter.Roots.Select(r => " " + Quoted(r))).Append('\n');
        }
        text.Append(body).Append("\n}\njuming_main </dev/null\n");
        var shell = string.Create(CultureInfo.InvariantCulture, $"timeout -k {KillAfter} {template.Limit.TotalSeconds:0} sh -s");
        return new RemoteScript(template.NeedsRoot && host.Account != "root" ? "sudo -n -- " + shell : shell, text.ToString(), mark);

        void Set(string name, string value) => text.Append(name).Append('=').Append(Quoted(value)).Append('\n');
    }

    /// <summary>One word of the shell, whatever is in it.</summary>
    public static string Quoted(string value) =>
        value.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException("No word holds a NUL.", nameof(value)) : "'" + value.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}

/// <summary>What a script answered.</summary>
internal enum RemoteAnswer
{
    /// <summary>The shell never began the script: nothing was done.</summary>
    NotBegun,

    /// <summary>It said that the effect is there.</summary>
    There,

    /// <summary>It said that the effect is not there.</summary>
    Absent,

    /// <summary>It said why it does nothing.</summary>
    Refused,

    /// <summary>It began and said none of these.</summary>
    Silent,
}

/// <summary>What came of running a script.</summary>
/// <param name="Answer">What it answered.</param>
/// <param name="Was">The value that the check read, in Base64, or the word of a refusal.</param>
/// <param name="Exit">Exit status; null when the connection ended before it, or a signal ended the script.</param>
/// <param name="Output">What it wrote, as text, without the lines of its answer.</param>
/// <param name="Said">What it wrote as errors, or what it refuses.</param>
/// <param name="Failure">Code of why it broke off; null when it came to its end.</param>
internal sealed record RemoteReading(RemoteAnswer Answer, string Was, int? Exit, string Output, string Said, string? Failure)
{
    private const int TimedOut = 124;
    private const int Killed = 137;

    public static RemoteReading Of(string mark, RemoteOutput output)
    {
        var (answer, was, said) = (RemoteAnswer.NotBegun, "", RemoteText.Of(output.Errors).Trim());
        var lines = new List<string>();
        foreach (var line in RemoteText.Of(output.Output).Split('\n'))
        {
            if (!line.StartsWith(mark + " ", StringComparison.Ordinal))
            {
                lines.Add(line);
                continue;
            }
            // The blank line before an answer belongs to it.
            if (lines is [.., ""]) lines.RemoveAt(lines.Count - 1);
            var words = line[(mark.Length + 1)..].Split(' ', 3);
            switch (words[0])
            {
                case "begun" when answer == RemoteAnswer.NotBegun: answer = RemoteAnswer.Silent; break;
                case "there": answer = RemoteAnswer.There; break;
                case "absent": answer = RemoteAnswer.Absent; break;
                case "was" when words.Length > 1 && Shown(words[1]) is not null: was = words[1]; break;
                case "refuse" when words.Length > 1: (answer, was, said) = (RemoteAnswer.Refused, words[1], words.ElementAtOrDefault(2) ?? ""); break;
            }
        }
        var failure = output.Failure ?? (output.Exit is TimedOut or Killed ? SshErrors.CommandTimedOut.Code : null);
        return new RemoteReading(answer, was, output.Exit, string.Join('\n', lines).Trim('\n'), said, failure);
    }

    /// <summary>A value that a check read, as text; null when it is no Base64.</summary>
    public static string? Shown(string was)
    {
        var bytes = new byte[was.Length];
        return Convert.TryFromBase64String(was, bytes, out var length) ? RemoteText.Of(bytes.AsSpan(0, length)) : null;
    }
}
