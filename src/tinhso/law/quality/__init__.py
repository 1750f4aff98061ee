"""
Quality of service, counted: the index of QĐ 766/QĐ-TTg, the nine indices of TT 01/2018/TT-VPCP, a survey's sample and results.

Whatever is not known of a dossier is missing from a figure, never zero in it; a figure without a denominator has no rate.
"""
