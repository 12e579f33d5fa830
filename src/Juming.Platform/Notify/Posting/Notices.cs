using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Notify.Posting;

/// <summary>Writes a notice down and wakes the courier. The same identity again changes nothing, so that event handlers may post twice.</summary>
internal sealed class Notices(IServiceScopeFactory scopes, Wake wake, TimeProvider clock) : INotices
{
    /// <summary>Place of one-time paths in the vault.</summary>
    public static SecretPlace PlaceOf(Guid notice, Guid person) => new("notify", notice.ToString(), person.ToString());

    private const int MostValues = 30;
    private const int LongestValue = 2000;
    private const int LongestCode = 100;
    private const int LongestPath = 1000;
    private const int MostAnswers = 5;

    public async Task Post(Notice notice, CancellationToken ct)
    {
        if (notice.Code.Length is 0 or > LongestCode) throw new ArgumentException("A notice's code has 1 to 100 characters.", nameof(notice));
        if (notice.Path is { } path) Check(path);
        foreach (var own in notice.OneTimePaths.Values) Check(own);
        if (notice.Question is { } question && (question.About.Length is 0 or > LongestCode || question.Answers.Count > MostAnswers)) throw new ArgumentException("A question has an identity of 1 to 100 characters and at most five answers.", nameof(notice));
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Access.CurrentActor>().Actor = Access.Actor.System;
        var db = scope.ServiceProvider.GetRequiredService<NotifyDb>();
        if (await db.Notices.AnyAsync(n => n.Id == notice.Id, ct)) return;
        var now = clock.GetUtcNow();
        db.Add(Row(notice, now));
        var vault = scope.ServiceProvider.GetRequiredService<IVault>();
        foreach (var (person, own) in notice.OneTimePaths)
            db.Add(new PathRow { NoticeId = notice.Id, PersonId = person, SecretId = await vault.Keep(PlaceOf(notice.Id, person), new Secret(own), ct), At = now });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            // Somebody posted the same at the same moment.
            if (!await db.Notices.AnyAsync(n => n.Id == notice.Id, ct)) throw;
        }
        wake.Up();
    }

    private static NoticeRow Row(Notice notice, DateTimeOffset now) => new()
    {
        Id = notice.Id,
        Code = notice.Code,
        Weight = (int)notice.Weight,
        Arguments = Json(notice.Arguments),
        Private = Json(notice.Private),
        Path = notice.Path,
        SameAs = notice.SameAs is { Length: > 200 } same ? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(same))) : notice.SameAs,
        People = JsonSerializer.Serialize(notice.People.Concat(notice.OneTimePaths.Keys).Distinct()),
        ChannelId = notice.Channel,
        About = notice.Question?.About,
        Answers = notice.Question is { } asked ? JsonSerializer.Serialize(asked.Answers) : null,
        PostedAt = now,
    };

    // Whoever attacks may choose what stands in a value, and how long it is.
    private static string Json(IReadOnlyDictionary<string, string> values) =>
        JsonSerializer.Serialize(values.Take(MostValues).ToDictionary(v => PlainText.Cut(v.Key, 60), v => PlainText.Cut(v.Value.Replace("\0", "", StringComparison.Ordinal), LongestValue)));

    private static void Check(string path)
    {
        if (path.Length is 0 or > LongestPath || path[0] != '/' || path.StartsWith("//", StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal) || path.Any(char.IsControl))
            throw new ArgumentException("A path begins at the root of the console.");
    }
}
