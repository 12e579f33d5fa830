using System.Text.Json;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Data;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Channels.Change;

/// <summary>Makes or changes a channel. A secret that is left out stays as it is.</summary>
internal sealed record SaveChannel : ICommand<Guid>, INeeds<NotifyWrite>
{
    /// <summary>The channel; null for a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The version that was changed.</summary>
    public Guid? Stamp { get; init; }
    public required string Name { get; init; }
    public required ChannelKind Kind { get; init; }
    public bool Enabled { get; init; } = true;

    /// <summary>"zh-CN" or "en".</summary>
    public string Language { get; init; } = "zh-CN";

    /// <summary>Names of private values that may leave through it; "*" for all.</summary>
    public IReadOnlyList<string> Reveal { get; init; } = [];
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, Secret> Secrets { get; init; } = new Dictionary<string, Secret>();
}

/// <summary>Ends a channel; its secrets go.</summary>
internal sealed record RemoveChannel(Guid Id) : ICommand<Done>, INeeds<NotifyWrite>;

file sealed class Validator : AbstractValidator<SaveChannel>
{
    public Validator()
    {
        RuleFor(c => c.Name).NotEmpty().MaximumLength(60);
        RuleFor(c => c.Kind).IsInEnum();
        RuleFor(c => c.Language).Must(l => l is "zh-CN" or "en");
        RuleFor(c => c.Reveal).Must(r => r.Count <= 30 && r.All(n => n.Length is > 0 and <= 60 && !n.Contains(',', StringComparison.Ordinal)));
    }
}

file sealed class SaveHandler(NotifyDb db, IVault vault, TimeProvider clock) : ICommandHandler<SaveChannel, Guid>
{
    // Who may change where a secret is sent must know it: otherwise the form would read it back after all.
    private static readonly string[] Destination = ["address", "host", "port", "security", "certificate", "user", "corp"];

    public async Task<Result<Guid>> Handle(SaveChannel request, CancellationToken ct)
    {
        var row = request.Id is { } id ? await db.Channels.SingleOrDefaultAsync(c => c.Id == id, ct) : New(request);
        if (row is null || row.Kind != request.Kind) return NotifyErrors.NoSuchChannel;
        if (request.Id is not null && request.Stamp != row.Stamp) return NotifyErrors.Stale;
        if (await db.Channels.AnyAsync(c => c.Name == request.Name && c.Id != row.Id, ct)) return NotifyErrors.NameTaken;
        var secrets = ChannelForm.SecretsOf(row);
        var settings = ChannelForm.Of(row.Kind).Where(f => !f.IsSecret).ToDictionary(f => f.Name, f => request.Settings.GetValueOrDefault(f.Name)?.Trim() ?? f.Default);
        if (Refusal(request, row, settings, secrets) is { } refusal) return refusal;
        foreach (var (field, secret) in Given(request))
            if (secrets.TryGetValue(field, out var kept)) await vault.Replace(kept, secret, ct);
            else secrets[field] = await vault.Keep(Dispatcher.PlaceOf(row.Id, field), secret, ct);
        (row.Name, row.Enabled, row.Language, row.Reveal) = (request.Name.Trim(), request.Enabled, request.Language, string.Join(',', request.Reveal));
        (row.Settings, row.Secrets, row.StoppedBecause) = (JsonSerializer.Serialize(settings), JsonSerializer.Serialize(secrets), request.Enabled ? null : row.StoppedBecause);
        (row.ChangedAt, row.Stamp) = (clock.GetUtcNow(), Guid.CreateVersion7());
        if (request.Id is null) db.Add(row);
        await db.SaveChangesAsync(ct);
        return row.Id;
    }

    private static IEnumerable<KeyValuePair<string, Secret>> Given(SaveChannel request) =>
        request.Secrets.Where(s => s.Value.Value is { Length: > 0 } && ChannelForm.Of(request.Kind).Any(f => f.IsSecret && f.Name == s.Key));

    private static Error? Refusal(SaveChannel request, ChannelRow row, Dictionary<string, string> settings, Dictionary<string, Guid> secrets)
    {
        var given = Given(request).ToDictionary(s => s.Key, s => s.Value.Value);
        foreach (var field in ChannelForm.Of(row.Kind))
        {
            var isKept = field.IsSecret && secrets.ContainsKey(field.Name) && !given.ContainsKey(field.Name);
            var accepted = isKept ? null : ChannelForm.Refusal(field, field.IsSecret ? given.GetValueOrDefault(field.Name, "") : settings[field.Name]);
            if (accepted is not null) return Wrong(row.Kind, field, accepted);
        }
        // Either alone would neither check a call nor read it.
        string[] both = ["token", "aes"];
        if (row.Kind == ChannelKind.WeComApp && both.Count(f => secrets.ContainsKey(f) || given.ContainsKey(f)) == 1) return Wrong(row.Kind, ChannelForm.Of(row.Kind).Single(f => f.Name == both.Single(b => !secrets.ContainsKey(b) && !given.ContainsKey(b))), "Accepted.both");
        var before = ChannelForm.SettingsOf(row);
        var moves = request.Id is not null && Destination.Any(d => settings.GetValueOrDefault(d) != before.GetValueOrDefault(d));
        return moves && ChannelForm.Of(row.Kind).FirstOrDefault(f => f.IsSecret && secrets.ContainsKey(f.Name) && !given.ContainsKey(f.Name)) is { } missing ? Wrong(row.Kind, missing, "Accepted.again") : null;
    }

    private static Error Wrong(ChannelKind kind, ChannelField field, string accepted) =>
        NotifyErrors.FieldWrong.With("field", NotifyTexts.Of($"Field.{kind}.{field.Name}")).With("accepted", NotifyTexts.Of(accepted)) with { Field = field.Name };

    private static ChannelRow New(SaveChannel request) => new() { Name = request.Name, Kind = request.Kind, Enabled = true, Settings = "{}", Secrets = "{}", Reveal = "", Language = request.Language, ChangedAt = default };
}

file sealed class RemoveHandler(NotifyDb db, IVault vault) : ICommandHandler<RemoveChannel, Done>
{
    public async Task<Result<Done>> Handle(RemoveChannel request, CancellationToken ct)
    {
        if (await db.Channels.SingleOrDefaultAsync(c => c.Id == request.Id, ct) is not { } row) return NotifyErrors.NoSuchChannel;
        var user = (await db.Rules.AsNoTracking().ToListAsync(ct)).FirstOrDefault(r => Rules.RuleBody.Read(r).Channels.Contains(row.Id));
        if (user is not null) return NotifyErrors.ChannelInUse.With("rule", user.Name);
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        foreach (var secret in ChannelForm.SecretsOf(row).Values) await vault.Remove(secret, ct);
        return Done.Value;
    }
}
