using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Mine;

/// <summary>Sends a code to the WeCom account that the person named, so that they can show that it is theirs.</summary>
internal sealed record AskWeComProof : ICommand<Done>, IAboutMyself;

/// <summary>Shows by the code that the WeCom account is the person's own; from then on its presses count as theirs.</summary>
internal sealed record GiveWeComProof(Secret Code) : ICommand<Done>, IAboutMyself;

file sealed class Validator : AbstractValidator<GiveWeComProof>
{
    public Validator() => RuleFor(p => p.Code.Value).MaximumLength(20);
}

file sealed class AskHandler(NotifyDb db, Dispatcher dispatcher, Composer composer, CurrentActor current, TimeProvider clock) : ICommandHandler<AskWeComProof, Done>
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(10);

    // Whoever names somebody else's account can send them no more than this.
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    public async Task<Result<Done>> Handle(AskWeComProof request, CancellationToken ct)
    {
        if (current.Actor.PersonId is not { } person) return NotifyErrors.OnlyPeople;
        var contact = await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.PersonId == person, ct);
        var channel = (await db.Channels.AsNoTracking().Where(c => c.Enabled && c.Kind == ChannelKind.WeComApp).OrderBy(c => c.Name).ToListAsync(ct)).FirstOrDefault(c => ChannelForm.SecretsOf(c).ContainsKey("token"));
        if (contact is not { WeCom.Length: > 0 } || channel is null) return NotifyErrors.NoProofWay;
        var now = clock.GetUtcNow();
        var row = await db.Proofs.SingleOrDefaultAsync(p => p.PersonId == person, ct);
        if (row is not null && row.Until - Within + Apart > now) return NotifyErrors.ProofNotSent.With("why", NotifyTexts.FailureOf("throttled"));
        if (row is null) db.Add(row = new ProofRow { PersonId = person, Address = "", Hash = "", Until = now });
        var code = RandomNumberGenerator.GetInt32(100_000_000).ToString("D8", CultureInfo.InvariantCulture);
        (row.Address, row.Hash, row.Tries, row.Until) = (contact.WeCom, Proofs.HashOf(person, code), 0, now + Within);
        await db.SaveChangesAsync(ct);
        var outcome = await dispatcher.Send(channel, contact.WeCom, composer.Proof(channel, contact, code, current.Actor.Name, now), "notify.proof", ct);
        return outcome.End == SendEnd.Sent ? Done.Value : NotifyErrors.ProofNotSent.With("why", NotifyTexts.FailureOf(outcome.Failure));
    }
}

file sealed class GiveHandler(NotifyDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<GiveWeComProof, Done>
{
    private const int MostTries = 5;

    public async Task<Result<Done>> Handle(GiveWeComProof request, CancellationToken ct)
    {
        if (current.Actor.PersonId is not { } person) return NotifyErrors.OnlyPeople;
        var row = await db.Proofs.SingleOrDefaultAsync(p => p.PersonId == person, ct);
        var contact = await db.Contacts.SingleOrDefaultAsync(c => c.PersonId == person, ct);
        if (row is null || contact is null || row.Until <= clock.GetUtcNow() || row.Address != contact.WeCom) return NotifyErrors.ProofWrong;
        // Counted before it is looked at: many at once are not more tries.
        if (await db.Proofs.Where(p => p.PersonId == person && p.Tries < MostTries).ExecuteUpdateAsync(p => p.SetProperty(r => r.Tries, r => r.Tries + 1), ct) == 0) return NotifyErrors.ProofWrong;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(row.Hash), Encoding.ASCII.GetBytes(Proofs.HashOf(person, request.Code.Value.Trim())))) return NotifyErrors.ProofWrong;
        var address = contact.WeCom.ToLowerInvariant();
        if (await db.Contacts.AnyAsync(c => c.PersonId != person && c.WeComProvenAt != null && c.WeCom.ToLower() == address, ct)) return NotifyErrors.AddressTaken;
        contact.WeComProvenAt = clock.GetUtcNow();
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }
}

/// <summary>What is kept of a code.</summary>
file static class Proofs
{
    public static string HashOf(Guid person, string code) => OnceShown.HashOf($"{person:N}:{code}");
}
