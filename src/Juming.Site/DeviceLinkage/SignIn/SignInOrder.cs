namespace Juming.Site.DeviceLinkage.SignIn;

/// <summary>What a sign-in needs to know. Secrets are opened when they are typed and not before.</summary>
internal sealed record SignInOrder
{
    public required string Account { get; init; }

    /// <summary>Opens the password.</summary>
    public required Func<CancellationToken, Task<string>> Password { get; init; }

    /// <summary>Opens the seed of one-time codes; null when there is none.</summary>
    public Func<CancellationToken, Task<string>>? Seed { get; init; }

    /// <summary>Takes the place of another session of the account.</summary>
    public bool TakesOver { get; init; }

    /// <summary>Records that a password is about to be sent; runs before each time.</summary>
    public required Func<CancellationToken, Task> BeforeAttempt { get; init; }
}

/// <summary>What became of a sign-in.</summary>
/// <param name="Failure">Code of why it failed; null when somebody is signed in.</param>
/// <param name="Detail">What the page said; attacker-controlled.</param>
/// <param name="Reused">True when the session was there already.</param>
internal sealed record SignInOutcome(string? Failure, string Detail = "", bool Reused = false);
