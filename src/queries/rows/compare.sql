SELECT compare_selection({claims}, {subject}, {quantity}) AS claims, NULL::slug AS baseline_id, NULL::comparison_set AS whole
