"""The order form without its widgets: what is filled in, what is wrong with it, and what to ask before it is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from numdeck.desk.port import DeskError, ErrorKind
from numdeck.desk.state import Names
from numdeck.model.request import (
    MARKUPS,
    PERIODS,
    OrderRequest,
    Period,
    Provider,
    check_request,
    is_residential_code,
)
from numdeck.model.search import Named, SearchIndex
from numdeck.ui.form.price import PriceQuery, PriceSubject, PriceTag, order_question

FIELDS: Final = (
    "provider", "period", "service_code", "country_code", "markup_percent", "promo_code", "need_fraud_score",
)  # fmt: skip
"""The fields from top to bottom, as the request body names them."""

_EMPTY: Final = OrderRequest(service_code="", country_code="")


class Catalogue:
    """Services and countries, made ready for searching once for all the names there are."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.services = SearchIndex(_entries(names.services), is_residential_code)
        self.countries = SearchIndex(_entries(names.countries))


class OrderForm:
    """What is filled in, kept through every failure and while the form is closed.

    `draft` holds the fields as typed; `request` is what is sent. `errors` maps the names of fields to what is wrong.
    """

    def __init__(self, names: Names) -> None:
        self.draft = _EMPTY
        self.errors: dict[str, str] = {}
        self.catalogue = Catalogue(names)
        self._doubt: tuple[OrderRequest, str] | None = None
        self._refusal: tuple[OrderRequest, str] | None = None

    @property
    def request(self) -> OrderRequest:
        """The request that the fields make."""
        draft = self.draft
        return replace(
            draft,
            service_code=draft.service_code.strip(),
            country_code=draft.country_code.strip(),
            promo_code=draft.promo_code.strip(),
        )

    # Filling in

    def open(self, names: Names, request: OrderRequest | None = None, *, doubt: str = "") -> None:
        """Begin to fill in: with what was left, or with a request, which `doubt` may speak against."""
        self.learn(names)
        if request is not None:
            self.draft = request
        self.errors, self._refusal = {}, None
        self._doubt = (self.request, doubt) if doubt else None

    def learn(self, names: Names) -> None:
        """Use these names of services and countries from now on."""
        if self.catalogue.names is not names:
            self.catalogue = Catalogue(names)

    def options(self, name: str) -> tuple[str, ...]:
        """The values on offer for a field, as the form shows them; none for a field that is typed in."""
        match name:
            case "provider":
                return tuple(Provider)
            case "period":
                return PERIODS[self.draft.provider]
            case "markup_percent":
                return tuple(f"{markup} %" for markup in MARKUPS)
            case "need_fraud_score":
                return ("no", "yes")
            case _:
                return ()

    def text(self, name: str) -> str:
        """The value of a field as the form shows it."""
        match name:
            case "markup_percent":
                return f"{self.draft.markup_percent} %"
            case "need_fraud_score":
                return "yes" if self.draft.need_fraud_score else "no"
            case _:
                return str(getattr(self.draft, name))

    def hint(self, name: str) -> str:
        """What stands beside a field that has no error: the name of a code."""
        match name:
            case "service_code":
                named = self.catalogue.services.by_code(self.draft.service_code)
            case "country_code":
                named = self.catalogue.countries.by_code(self.draft.country_code)
            case "promo_code":
                return "optional"
            case _:
                return ""
        return named.name if named else ""

    def change(self, name: str, text: str) -> Collection[str]:
        """Give a field another value; the result is the sentences that no longer hold."""
        if text == self.text(name):
            return ()
        return self._replace({name: _read(name, text)})

    def fill(self, request: OrderRequest) -> Collection[str]:
        """Take over a whole request; the result is the sentences that no longer hold."""
        changed = {
            name: getattr(request, name) for name in FIELDS if getattr(request, name) != getattr(self.draft, name)
        }
        return self._replace(changed)

    def begin_anew(self) -> None:
        """Empty everything but provider and period."""
        self.draft = replace(_EMPTY, provider=self.draft.provider, period=self.draft.period)

    def _replace(self, changed: Mapping[str, Any]) -> Collection[str]:
        self.draft = replace(self.draft, **changed)
        about = set(changed)
        if "provider" in changed:
            about.add("period")  # its error was about the two together
            periods = PERIODS[self.draft.provider]
            if self.draft.period not in periods:
                self.draft = replace(self.draft, period=periods[0])
        void = [self.errors.pop(name) for name in about if name in self.errors]
        if self._refusal is not None and self._refusal[0] != self.request:
            void.append(self._refusal[1])
            self._refusal = None
        return void

    # What is wrong

    def check(self, only: str | None = None) -> bool:
        """Find what the service must refuse, in all fields or in one; True if there is nothing."""
        found = check_request(self.request)
        if only is None:
            self.errors = found
            return not found
        self.errors.pop(only, None)
        if only in found:
            self.errors[only] = found[only]
        return only not in found

    @property
    def first_error(self) -> str | None:
        """The topmost field with an error."""
        return next((name for name in FIELDS if name in self.errors), None)

    def refuse(self, request: OrderRequest, error: DeskError) -> str:
        """Note why a request was not ordered; the result says it. A refusal holds until the form changes."""
        if error.kind is ErrorKind.NOT_SENT:
            return error.sentence
        if error.kind is ErrorKind.REFUSED:
            self.errors = place_errors(error.fields)
        sentence = f"Not ordered. {error.sentence}"
        self._refusal = (request, sentence)
        return sentence

    # What to ask

    def price_query(self, *, is_choosing_country: bool) -> PriceQuery:
        """What has to be known of the price: of all countries while one is to be chosen, and then of the choice."""
        request, draft = self.request, self.draft
        wants_countries = is_choosing_country and self.catalogue.countries.by_code(draft.country_code) is None
        service = self.catalogue.services.by_code(draft.service_code)
        if not request.service_code or not (request.country_code or wants_countries):
            return PriceQuery(request)
        if service is None:
            return PriceQuery(request, PriceSubject.UNNAMED_SERVICE)
        subject = PriceSubject.ALL_COUNTRIES if wants_countries else PriceSubject.REQUEST
        return PriceQuery(request, subject, service.name)

    def question(self, request: OrderRequest, tag: PriceTag, unknown: Iterable[OrderRequest]) -> str:
        """The question before a request is sent; `unknown` are the requests of purchases that are still unknown."""
        doubts = [self._doubt[1]] if self._doubt is not None and self._doubt[0] == request else []
        if request in unknown:
            doubts.append("A purchase of the same is still unknown.")
        return order_question(request, self.catalogue.names, tag, doubts)


def place_errors(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Sort messages by the field that they stand beside; those that belong to none are left out.

    The service sends some errors of a field without its name in the key: `{"non_field_errors": ["Bad service_code"]}`
    ("Bad Service Code (400)").
    """
    placed: dict[str, list[str]] = {}
    for name, messages in fields.items():
        for message in messages:
            field = name if name in FIELDS else next((field for field in FIELDS if field in message), None)
            if field is not None:
                placed.setdefault(field, []).append(message)
    return {field: " ".join(messages) for field, messages in placed.items()}


def _read(name: str, text: str) -> object:
    """The value that a field's text stands for."""
    match name:
        case "provider":
            return Provider(text)
        case "period":
            return Period(text)
        case "markup_percent":
            return int(text.split(maxsplit=1)[0])
        case "need_fraud_score":
            return text == "yes"
        case _:
            return text


def _entries(names: Mapping[str, str]) -> list[Named]:
    return [Named(code, name) for code, name in names.items()]
