using System.Text.Json.Serialization;

namespace Juming.Site.Ssh.Data;

/// <summary>How a host stands with us.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum HostState
{
    /// <summary>Nobody has signed in yet.</summary>
    New,

    /// <summary>The last sign-in worked.</summary>
    Ready,

    /// <summary>The host refused the password: nothing is tried until a person enters another.</summary>
    WrongPassword,

    /// <summary>The host refused the private key: nothing is tried until a person enters another.</summary>
    KeyRefused,

    /// <summary>The host shows another key: nothing is sent until a person accepts it.</summary>
    HostKeyChanged,

    /// <summary>The last connection failed for another reason; it may be tried again.</summary>
    Failing,
}

/// <summary>What an account signs in with.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum SignInWay
{
    /// <summary>A password.</summary>
    Password,

    /// <summary>A private key.</summary>
    Key,
}

/// <summary>How far an effect is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum EffectState
{
    /// <summary>About to act, acting, or broken off: the host is read.</summary>
    Acting,

    /// <summary>The host showed it.</summary>
    Done,

    /// <summary>It ended without the effect.</summary>
    Failed,

    /// <summary>About to be taken back.</summary>
    Undoing,

    /// <summary>Taken back: the host showed what was before.</summary>
    Undone,
}

/// <summary>A host.</summary>
internal sealed class HostRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Name { get; set; }

    /// <summary>An address in its own form, or a name in the network.</summary>
    public required string Address { get; set; }
    public int Port { get; set; } = 22;
    public string Business { get; set; } = "";
    public required string Account { get; set; }
    public SignInWay Way { get; set; }
    public Guid? SecretId { get; set; }
    public Guid? PassphraseId { get; set; }
    public required string AuthorisedBy { get; set; }
    public required string AuthorisedReference { get; set; }
    public DateTimeOffset AuthorisedAt { get; set; }

    /// <summary>Fingerprint of its key, "SHA256:…"; empty before the first use.</summary>
    public string HostKey { get; set; } = "";
    public string HostKeyType { get; set; } = "";

    /// <summary>The key that it showed instead; empty while it shows the pinned one.</summary>
    public string SeenKey { get; set; } = "";
    public string SeenKeyType { get; set; } = "";
    public HostState State { get; set; }

    /// <summary>What the host or the network said; attacker-controlled.</summary>
    public string StateDetail { get; set; } = "";
    public DateTimeOffset? StateAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public required string ChangedBy { get; set; }
    public long Version { get; set; } = 1;

    /// <summary>Code of why it can't be signed in to; null when it can.</summary>
    public string? Unable => State switch
    {
        HostState.WrongPassword => SshErrors.WrongPassword.Code,
        HostState.KeyRefused => SshErrors.KeyRefused.Code,
        HostState.HostKeyChanged => SshErrors.HostKeyChanged.Code,
        _ => SecretId is null ? SshErrors.NoSecret.Code : null,
    };
}

/// <summary>One version of a template of the site's own.</summary>
internal sealed class TemplateRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>The template's id, the same for all its versions.</summary>
    public required string Name { get; set; }
    public int Version { get; set; }
    public required string Yaml { get; set; }
    public bool Retired { get; set; }
    public required string By { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>What was done on a host, or is about to be.</summary>
internal sealed class EffectRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>Identity of the effect: never done twice.</summary>
    public required string Key { get; set; }
    public Guid HostId { get; set; }
    public required string HostName { get; set; }
    public required string Command { get; set; }
    public int CommandVersion { get; set; }

    /// <summary>The template as it was: an effect is taken back by the version that had it.</summary>
    public required string Yaml { get; set; }

    /// <summary>Values of the parameters, as JSON.</summary>
    public required string Inputs { get; set; }
    public EffectState State { get; set; }

    /// <summary>False when the host was as wanted already, or was only read.</summary>
    public bool Changed { get; set; }

    /// <summary>What the check read before the change; attacker-controlled.</summary>
    public string Was { get; set; } = "";
    public string Code { get; set; } = "";

    /// <summary>What the command wrote; attacker-controlled.</summary>
    public string Output { get; set; } = "";

    /// <summary>What proves it, as JSON; attacker-controlled.</summary>
    public string Evidence { get; set; } = "{}";
    public DateTimeOffset StartedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public required string By { get; set; }
}
