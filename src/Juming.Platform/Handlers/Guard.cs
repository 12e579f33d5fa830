using System.Diagnostics;
using FluentValidation;
using Juming.Platform.Access;
using MediatR;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Handlers;

/// <summary>Wraps every request: span, permission and scope, validation, audit, one log line for a refusal.</summary>
public sealed partial class Guard<TRequest, TResponse>(
    CurrentActor current, IEnumerable<IValidator<TRequest>> validators, IAuditTrail audit, HostScope host, IEnumerable<ScopeKind> kinds, ILogger<Guard<TRequest, TResponse>> log)
    : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull where TResponse : IRefusable<TResponse>
{
    /// <inheritdoc/>
    public async Task<TResponse> Handle(TRequest request, CancellationToken ct, RequestHandlerDelegate<TResponse> next)
    {
        using var span = Telemetry.Source.StartActivity(RequestPolicy<TRequest>.Name);
        var refusal = Refusal(request) ?? await Invalid(request, ct);
        var response = refusal is null ? await Act(request, next, ct) : TResponse.Refused(refusal);
        if (response.Error is { } error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.Code);
            LogRefused(log, RequestPolicy<TRequest>.Name, current.Actor.Id, error.Code);
        }
        if (RequestPolicy<TRequest>.IsAudited)
            await audit.Append(AuditEntry.Of(request, RequestPolicy<TRequest>.Name, current.Actor, response.Error), ct);
        else if (request is IPartOfLook part)
            await audit.AppendOnce(AuditEntry.Of(part.Look, part.Look.GetType().Name, current.Actor, response.Error), ct);
        return response;
    }

    /// <summary>An act that breaks off may have had an effect: it leaves an entry too, and its exception goes on.</summary>
    private async Task<TResponse> Act(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken ct)
    {
        var ended = false;
        try
        {
            var response = await next();
            ended = true;
            return response;
        }
        catch (RefusalException e)
        {
            ended = true;
            return TResponse.Refused(e.Refusal);
        }
        finally
        {
            if (!ended && RequestPolicy<TRequest>.IsAudited) await AppendBrokenOff(request, ct.IsCancellationRequested ? "cancelled" : "failed");
        }
    }

    private async Task AppendBrokenOff(TRequest request, string outcome)
    {
        try
        {
            await audit.Append(AuditEntry.Of(request, RequestPolicy<TRequest>.Name, current.Actor, null) with { Outcome = outcome }, CancellationToken.None);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException or IOException or InvalidOperationException)
        {
            // The trail has logged it as an error. What broke the act is what the caller must hear, and it is often the same outage.
            LogUnrecorded(log, RequestPolicy<TRequest>.Name, current.Actor.Id, outcome);
        }
    }

    private Error? Refusal(TRequest request)
    {
        var actor = current.Actor;
        if (RequestPolicy<TRequest>.IsOpen) return null;
        if (actor.Kind == ActorKind.Nobody) return AccessErrors.NotSignedIn;
        if (!IsWithin(request, actor)) return AccessErrors.OutsideYourScope;
        if (RequestPolicy<TRequest>.Permission is not { } permission) return null;
        return actor.Holds(permission) ? null : AccessErrors.NotPermitted.With("permission", permission);
    }

    private bool IsWithin(TRequest request, Actor actor) => request switch
    {
        IInScope scoped => actor.Covers(scoped.Scope),
        IAboutMyself or IInOwnScopes => actor.Covers(host.Scope) || kinds.Any(k => actor.Scopes.Any(s => s.Kind == k.Kind)),
        _ => actor.Covers(host.Scope),
    };

    private async Task<Error?> Invalid(TRequest request, CancellationToken ct)
    {
        foreach (var validator in validators)
        {
            var outcome = await validator.ValidateAsync(request, ct);
            if (outcome.IsValid) continue;
            var first = outcome.Errors[0];
            var code = first.ErrorCode.Contains('.', StringComparison.Ordinal) ? first.ErrorCode : "request.invalid";
            return new Error(ErrorKind.Invalid, code, first.ErrorMessage, Field: first.PropertyName);
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused {Request} for {Actor}: {Code}")]
    private static partial void LogRefused(ILogger log, string request, string actor, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} of {Actor} broke off ({Outcome}) and could not be recorded in the audit trail")]
    private static partial void LogUnrecorded(ILogger log, string request, string actor, string outcome);
}

/// <summary>What the guard knows about a request type, found once.</summary>
public static class RequestPolicy<TRequest>
{
    /// <summary>Stable name for audit and spans.</summary>
    public static readonly string Name = typeof(TRequest).Name;

    /// <summary>Code of the permission it needs, or null.</summary>
    public static readonly string? Permission = RequestPolicies.PermissionOf(typeof(TRequest));

    /// <summary>Anyone may send it.</summary>
    public static readonly bool IsOpen = typeof(IOpenToAnyone).IsAssignableFrom(typeof(TRequest));

    /// <summary>An audit line is written.</summary>
    public static readonly bool IsAudited = typeof(IAudited).IsAssignableFrom(typeof(TRequest));
}

/// <summary>Reads the guard's markers from a request type.</summary>
public static class RequestPolicies
{
    /// <summary>Code of the permission a request type needs, or null when it is open or about the caller.</summary>
    /// <exception cref="InvalidOperationException">The type says neither; found at start-up.</exception>
    public static string? PermissionOf(Type request)
    {
        var needs = request.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(INeeds<>));
        if (needs is not null) return Permissions.CodeOf(needs.GetGenericArguments()[0]);
        if (typeof(IOpenToAnyone).IsAssignableFrom(request) || typeof(IAboutMyself).IsAssignableFrom(request)) return null;
        throw new InvalidOperationException($"{request.FullName} names no permission: add INeeds<…>, IAboutMyself or IOpenToAnyone.");
    }
}

/// <summary>Source of spans and meters.</summary>
public static class Telemetry
{
    /// <summary>Spans.</summary>
    public static readonly ActivitySource Source = new("Juming");
}
